//! Going on where a reply was cut, and what is kept of the way a reply came.

use crate::desk::{Desk, Sent, desk, listener};
use conversation::Status;
use engine::{AddressKind, Answerer, Connection, FailureKind, RetriedReply, RouteTaken};
use fake_dashscope::{Fault, Point, Script};

async fn cut(desk: &Desk, account: &str) -> Sent {
    desk.server.queue_script(Script {
        fault: Some(Fault::Reset(Point::After(5))),
        ..Script::default()
    });
    let mut sent = desk.send(account, "a question").await;
    let outcome = sent.hear_out().await.outcome;
    assert_eq!(outcome.status, Status::Interrupted);
    sent
}

fn going_on(sent: &Sent, account: &str) -> RetriedReply {
    RetriedReply {
        reply: sent.turn.reply.id,
        model: None,
        resume: true,
        answerer: Answerer::Account(account.to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_was_cut_goes_on_where_it_ended() {
    let desk = desk();
    let account = desk.account().await;
    let first = cut(&desk, &account).await;
    let before = desk.stored(&first.turn).text;
    assert!(!before.is_empty());
    desk.server.forget_requests();

    let (listen, events) = listener();
    let turn = desk.engine.retry(going_on(&first, &account), listen).await;
    let mut second = Sent {
        turn: turn.unwrap(),
        events,
    };
    let heard = second.hear_out().await;
    assert_eq!(heard.outcome.status, Status::Complete);
    let stored = desk.stored(&second.turn);
    let more = stored
        .text
        .strip_prefix(&before)
        .expect("the beginning stays");
    assert!(!more.is_empty(), "and more comes after it");
    let kept = desk.stored(&first.turn);
    assert_eq!(
        (kept.text, kept.status),
        (before.clone(), Status::Interrupted)
    );

    let asked = desk.server.requests();
    assert_eq!(asked.len(), 1);
    let messages = asked[0].body["messages"].as_array().unwrap();
    let last = messages.last().unwrap();
    assert_eq!(last["role"], "assistant");
    assert_eq!(last["content"], *before);
    assert_eq!(last["partial"], true);
    let shown = markdown_of(&heard.blocks);
    let whole = markdown_of(&markdown::parse(&stored.text));
    assert_eq!(shown, whole, "what is shown is what is stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_reply_has_nothing_to_go_on_from() {
    let desk = desk();
    let account = desk.account().await;
    let mut sent = desk.send(&account, "a question").await;
    sent.hear_out().await;
    let asked = desk.server.requests().len();
    let refused = desk.engine.retry(going_on(&sent, &account), |_| {}).await;
    assert_eq!(refused.unwrap_err().kind, FailureKind::InvalidInput);
    assert_eq!(desk.server.requests().len(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_of_a_reply_is_told_and_kept() {
    let desk = desk();
    let account = desk.account().await;
    let busy = Script {
        fault: Some(Fault::Error {
            name: "503".to_owned(),
            shape: None,
            retry_after: Some("0".to_owned()),
        }),
        ..Script::default()
    };
    desk.server.queue_script(busy);
    let mut sent = desk.send(&account, "a question").await;
    let outcome = sent.hear_out().await.outcome;
    let told = outcome.connection.unwrap();
    assert_eq!(told.host, "127.0.0.1");
    assert_eq!(told.route, RouteTaken::Loopback);
    assert_eq!(told.attempts, 2);
    let noted = desk.engine.client_for(None).await.unwrap();
    let noted = noted.network().requests().recent();
    let tries = noted
        .iter()
        .rev()
        .filter(|request| request.path.ends_with("/completions"));
    let tries: Vec<_> = tries
        .map(|request| (request.earlier_tries, request.status))
        .collect();
    assert_eq!(tries, [(0, Some(503)), (1, Some(200))]);
    assert_ne!(told.address, AddressKind::Custom);
    assert!(told.first_byte_ms.is_some());
    let kept = desk.stored(&sent.turn).connection.unwrap();
    let kept: Connection = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept, told);

    desk.server.queue_script(Script {
        fault: Some(Fault::Error {
            name: "401".to_owned(),
            shape: None,
            retry_after: None,
        }),
        ..Script::default()
    });
    let mut failed = desk.send(&account, "another").await;
    let outcome = failed.hear_out().await.outcome;
    let told = outcome.connection.expect("a refusal came some way too");
    assert_eq!((told.route, told.attempts), (RouteTaken::Loopback, 1));
}

fn markdown_of(blocks: &[markdown::Node]) -> String {
    serde_json::to_string(blocks).unwrap()
}
