//! A turn from question to stored reply, and every way it can end.

use crate::desk::{Heard, desk, listener};
use conversation::{Role, Status};
use engine::{Answerer, FailureKind, RetriedReply, demo};

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_streams_whole_and_is_stored_as_it_was_shown() {
    let desk = desk();
    let account = desk.account().await;
    let mut sent = desk
        .send(&account, "/fake tokens=400 rate=2000 thinking=50")
        .await;
    let Heard {
        blocks,
        thinking,
        messages,
        outcome,
    } = sent.hear_out().await;
    assert_eq!(outcome.status, Status::Complete);
    assert_eq!(outcome.finish_reason.as_deref(), Some("stop"));
    assert!(
        outcome.request_id.is_some() && outcome.usage.is_some(),
        "for the details"
    );
    assert!(outcome.first_token_ms.is_some() && outcome.thinking_ms.is_some());
    assert!(
        messages < 100,
        "450 tokens were merged per frame, not sent one by one: {messages}"
    );
    let stored = desk.stored(&sent.turn);
    assert_eq!(markdown::parse(&stored.text), blocks);
    assert_eq!(stored.thinking, thinking);
    assert!(!stored.text.is_empty());
    assert_eq!(stored.status, Status::Complete);
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_shown_while_the_reply_is_still_being_written() {
    let desk = desk();
    let account = desk.account().await;
    let mut sent = desk.send(&account, "/fake tokens=20 rate=50").await;
    sent.first_text().await;
    let on_disk = desk.stored(&sent.turn);
    assert_eq!(
        on_disk.status,
        Status::Streaming,
        "the first words do not wait for the last"
    );
    assert!(
        sent.hear_out_from_here().await.messages > 10,
        "one message a token at this pace"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_users_message_is_on_disk_before_anything_leaves() {
    let desk = desk();
    let account = desk.account().await;
    let before = desk.server.requests().len();
    let sent = desk.send(&account, "/fake tokens=3 delay=0.5").await;
    let messages = desk
        .engine
        .store()
        .messages(sent.turn.conversation.id)
        .unwrap();
    assert_eq!(messages[0].role, Role::User);
    assert_eq!(messages[0].text, "/fake tokens=3 delay=0.5");
    assert_eq!(messages[1].status, Status::Streaming);
    assert!(desk.server.requests().len() <= before + 1);
    desk.engine.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w_06_an_error_inside_the_stream_keeps_the_partial_text() {
    let desk = desk();
    let account = desk.account().await;
    let mut sent = desk
        .send(&account, "/fake tokens=50 rate=2000 midstream=F at=20")
        .await;
    let heard = sent.hear_out().await;
    assert_eq!(heard.outcome.status, Status::Failed);
    assert!(!heard.blocks.is_empty(), "what had come stays");
    let failure = heard.outcome.failure.expect("the failure is told");
    assert!(failure.code.is_some() && failure.request_id.is_some());
    let stored = desk.stored(&sent.turn);
    assert_eq!(markdown::parse(&stored.text), heard.blocks);
    assert!(
        stored
            .error
            .unwrap()
            .contains(failure.code.as_deref().unwrap())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn w_07_clean_eof_without_an_end_signal_is_interrupted() {
    let desk = desk();
    let account = desk.account().await;
    let mut sent = desk
        .send(&account, "/fake tokens=20 rate=2000 eof-without-end")
        .await;
    let heard = sent.hear_out().await;
    assert_eq!(heard.outcome.status, Status::Interrupted);
    assert_eq!(
        heard.outcome.failure.unwrap().kind,
        FailureKind::Interrupted
    );
    let stored = desk.stored(&sent.turn).text;
    assert_eq!(markdown::parse(&stored), heard.blocks);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_the_vendor_does_not_document_is_no_success() {
    let desk = desk();
    let account = desk.account().await;
    let mut sent = desk
        .send(&account, "/fake tokens=20 rate=2000 finish=gave_up")
        .await;
    let outcome = sent.hear_out().await.outcome;
    assert_eq!(outcome.status, Status::Interrupted);
    assert_eq!(
        outcome.finish_reason.as_deref(),
        Some("gave_up"),
        "the word is kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_connection_is_interrupted_with_its_text() {
    let desk = desk();
    let account = desk.account().await;
    let mut sent = desk
        .send(&account, "/fake tokens=50 rate=500 reset=after:10")
        .await;
    let heard = sent.hear_out().await;
    assert_eq!(heard.outcome.status, Status::Interrupted);
    assert!(!heard.blocks.is_empty());
    assert_eq!(
        heard.outcome.failure.unwrap().kind,
        FailureKind::ConnectionLost
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn h_11_a_redirect_is_an_error_and_the_key_goes_nowhere_else() {
    let desk = desk();
    let account = desk.account().await;
    let seen = desk.elsewhere.requests().len();
    let to = desk.elsewhere.base_url();
    let mut sent = desk
        .send(&account, &format!("/fake redirect=307:{to}/x"))
        .await;
    let heard = sent.hear_out().await;
    assert_eq!(heard.outcome.status, Status::Failed);
    assert_eq!(heard.outcome.failure.unwrap().kind, FailureKind::Portal);
    assert_eq!(
        desk.elsewhere.requests().len(),
        seen,
        "the target saw no request"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn m_13_a_reply_of_too_many_blocks_ends_and_says_so() {
    let desk = desk();
    let account = desk.account().await;
    let blocks = "- a\\n".repeat(30_000);
    let mut sent = desk
        .send(&account, &format!("/fake flood text={blocks}"))
        .await;
    let heard = sent.hear_out().await;
    assert_eq!(heard.outcome.failure.unwrap().kind, FailureKind::TooLarge);
    let stored = desk.stored(&sent.turn).text;
    assert!(!stored.is_empty(), "what had come is kept");
    let blocks = desk
        .engine
        .open_conversation(sent.turn.conversation.id, None);
    let kept = blocks
        .await
        .unwrap()
        .messages
        .pop()
        .unwrap()
        .blocks
        .unwrap();
    assert_eq!(kept.get(), serde_json::to_string(&heard.blocks).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_tried_again_becomes_a_branch() {
    let desk = desk();
    let account = desk.account().await;
    let mut first = desk.send(&account, "/fake tokens=5 rate=2000").await;
    first.hear_out().await;
    let retried = RetriedReply {
        reply: first.turn.reply.id,
        resume: false,
        model: Some("qwen-max".to_owned()),
        answerer: Answerer::Account(account),
    };
    let (listen, events) = listener();
    let turn = desk.engine.retry(retried, listen).await.unwrap();
    let mut second = crate::desk::Sent { turn, events };
    second.hear_out().await;
    let versions = desk
        .engine
        .store()
        .children(first.turn.conversation.id, first.turn.reply.parent)
        .unwrap();
    assert_eq!(
        versions,
        [first.turn.reply.id, second.turn.reply.id],
        "both are kept, in order"
    );
    let asked = desk.server.requests();
    let (one, two) = (&asked[asked.len() - 2].body, &asked[asked.len() - 1].body);
    assert_eq!(
        one["messages"], two["messages"],
        "the same question was sent again"
    );
    assert_eq!(two["model"], "qwen-max");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_answers_and_nothing_leaves() {
    let desk = desk();
    let turn = engine::NewTurn {
        conversation: None,
        after: None,
        text: "你好".to_owned(),
        model: demo::MODEL.to_owned(),
        thinking: None,
        answerer: Answerer::Demo(demo::Language::Chinese),
    };
    let (listen, events) = listener();
    let turn = desk.engine.send(turn, listen).await.unwrap();
    let heard = crate::desk::Sent { turn, events }.hear_out().await;
    assert_eq!(heard.outcome.status, Status::Complete);
    assert!(markdown::plain_text(&heard.blocks).contains("DashDesk"));
    assert!(desk.server.requests().is_empty() && desk.elsewhere.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_or_oversized_message_is_refused_before_anything_is_stored() {
    let desk = desk();
    let account = desk.account().await;
    for (text, kind) in [
        (" \n ".to_owned(), FailureKind::InvalidInput),
        ("x".repeat(600 * 1024), FailureKind::InputTooLong),
    ] {
        let refused = desk.try_send(&account, &text).await.err().expect("refused");
        assert_eq!(refused.kind, kind);
    }
    assert!(desk.engine.store().conversations().unwrap().is_empty());
}
