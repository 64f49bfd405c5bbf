//! Listening to a reply that runs already: after a reload of the page, or after a lost event.

use crate::desk::{Sent, desk, listener, sequence_of};
use engine::ReplyEvent;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn who_attaches_gets_all_that_is_shown_and_then_every_event() {
    let desk = desk();
    let account = desk.account().await;
    let question = "/fake tokens=120 rate=400 thinking=10";
    let mut sent = desk.send(&account, question).await;
    sent.first_text().await;
    let (listen, mut events) = listener();
    assert!(
        desk.engine
            .attach(sent.turn.reply.id, listen)
            .await
            .unwrap()
    );

    let Some(ReplyEvent::Snapshot {
        mut sequence,
        mut blocks,
        mut thinking,
        ..
    }) = events.recv().await
    else {
        panic!("a snapshot comes first");
    };
    assert!(!blocks.is_empty() && !thinking.is_empty());
    while let Some(event) = events.recv().await {
        sequence += 1;
        assert_eq!(sequence_of(&event), sequence, "nothing is missing");
        if let ReplyEvent::Delta {
            operations,
            thinking: more,
            ..
        } = event
        {
            markdown::apply(&mut blocks, &operations);
            thinking.push_str(&more);
        }
    }
    let stored = desk.stored(&sent.turn);
    assert_eq!(blocks, markdown::parse(&stored.text));
    assert_eq!(thinking, stored.thinking);
    let mut missed = 0;
    while let Some(event) = sent.events.recv().await {
        missed += 1;
        assert!(
            !matches!(event, ReplyEvent::Finished { .. }),
            "the newest listener takes the place of the one before"
        );
        assert!(missed < 1000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_may_attach_before_anything_came() {
    let desk = desk();
    let account = desk.account().await;
    let sent = desk.send(&account, "/fake tokens=5 delay=0.5").await;
    let (listen, events) = listener();
    assert!(
        desk.engine
            .attach(sent.turn.reply.id, listen)
            .await
            .unwrap()
    );
    let mut attached = Sent {
        turn: sent.turn,
        events,
    };
    let Some(ReplyEvent::Snapshot { blocks, .. }) = attached.events.recv().await else {
        panic!("a snapshot comes first");
    };
    assert!(blocks.is_empty());
    let heard = attached.hear_out_from_here().await;
    let stored = desk.stored(&attached.turn);
    assert_eq!(heard.blocks, markdown::parse(&stored.text));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nothing_to_attach_to_once_a_reply_is_over() {
    let desk = desk();
    let account = desk.account().await;
    let mut sent = desk.send(&account, "/fake tokens=3 rate=2000").await;
    sent.hear_out().await;
    let (listen, mut events) = listener();
    let reply = sent.turn.reply.id;
    let attached = tokio::time::timeout(Duration::from_secs(20), desk.engine.attach(reply, listen));
    assert!(!attached.await.unwrap().unwrap());
    assert!(events.recv().await.is_none());
}
