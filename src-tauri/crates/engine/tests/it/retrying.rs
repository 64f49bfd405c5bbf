//! What is asked again by itself, how often and when: the server counts.

use crate::desk::{Desk, Sent, desk, desk_on};
use conversation::Status;
use engine::{FailureKind, ReplyEvent, ReplyOutcome};
use fake_dashscope::{FakeServer, Fault, Options, Point, Script};
use std::time::{Duration, Instant};

/// A wait as the page is told of it.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    attempt: u32,
    wait_ms: u64,
    reason: FailureKind,
}

fn refusal(name: &str, retry_after: Option<&str>) -> Script {
    Script {
        fault: Some(Fault::Error {
            name: name.to_owned(),
            shape: None,
            retry_after: retry_after.map(str::to_owned),
        }),
        ..Script::default()
    }
}

fn reset(point: Point) -> Script {
    Script {
        fault: Some(Fault::Reset(point)),
        ..Script::default()
    }
}

/// Sends a question to a server that answers with these scripts first.
async fn asked(desk: &Desk, scripts: impl IntoIterator<Item = Script>) -> Sent {
    let account = desk.account().await;
    desk.server.forget_requests();
    for script in scripts {
        desk.server.queue_script(script);
    }
    desk.send(&account, "a question").await
}

/// Listens to the end; every wait is cut short where `hurried`.
async fn heard(desk: &Desk, sent: &mut Sent, hurried: bool) -> (Vec<Told>, ReplyOutcome) {
    let mut told = Vec::new();
    loop {
        match sent.events.recv().await.expect("a terminal event comes") {
            ReplyEvent::Retrying {
                attempt,
                wait_ms,
                failure,
                ..
            } => {
                told.push(Told {
                    attempt,
                    wait_ms,
                    reason: failure.kind,
                });
                if hurried {
                    assert!(desk.engine.try_now(sent.turn.reply.id));
                }
            }
            ReplyEvent::Finished { outcome, .. } => return (told, *outcome),
            ReplyEvent::Started { .. }
            | ReplyEvent::Phase { .. }
            | ReplyEvent::Delta { .. }
            | ReplyEvent::Snapshot { .. } => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h_07_the_wait_a_server_asks_for_is_waited() {
    let desk = desk();
    let mut sent = asked(&desk, [refusal("429", Some("7"))]).await;
    let started = Instant::now();
    let (told, outcome) = heard(&desk, &mut sent, false).await;
    let waited = started.elapsed();
    let expected = Told {
        attempt: 2,
        wait_ms: 7_000,
        reason: FailureKind::RateLimited,
    };
    assert_eq!(told, [expected]);
    assert_eq!(outcome.status, Status::Complete);
    assert!(waited >= Duration::from_millis(6_500), "{waited:?}");
    let requests = desk.server.requests();
    assert_eq!(requests.len(), 2);
    // What the server saw: 7 s, half a second more or less.
    let first = requests[0].answered_at.unwrap_or(requests[0].received_at);
    let between = requests[1].received_at - first;
    let tolerated = Duration::from_millis(6_500)..=Duration::from_millis(7_500);
    assert!(tolerated.contains(&between), "{between:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn h_07_a_wait_can_be_cut_short_and_a_stop_ends_it() {
    let desk = desk();
    let mut sent = asked(&desk, [refusal("429", Some("55"))]).await;
    let started = Instant::now();
    let (told, outcome) = heard(&desk, &mut sent, true).await;
    assert_eq!(told[0].wait_ms, 55_000);
    assert_eq!(outcome.status, Status::Complete);
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(desk.server.requests().len(), 2);

    let mut sent = asked(&desk, [refusal("429", Some("55"))]).await;
    loop {
        let event = sent.events.recv().await.unwrap();
        if matches!(event, ReplyEvent::Retrying { .. }) {
            break;
        }
    }
    assert!(desk.engine.stop(sent.turn.reply.id));
    desk.engine.stop_all().await;
    assert_eq!(desk.stored(&sent.turn).status, Status::Stopped);
    assert_eq!(
        desk.server.requests().len(),
        1,
        "nothing is asked after a stop"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn h_08_a_long_wait_is_left_to_the_person_and_garbage_is_no_wait() {
    let desk = desk();
    let mut sent = asked(&desk, [refusal("429", Some("3600"))]).await;
    let (told, outcome) = heard(&desk, &mut sent, false).await;
    assert_eq!(told, []);
    let failure = outcome.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::RateLimited);
    assert_eq!(failure.retry_after_seconds, Some(3_600));
    assert_eq!(desk.server.requests().len(), 1);

    for value in ["soon", "-5", "Thu, 01 Jan 2099"] {
        let mut sent = asked(&desk, [refusal("429", Some(value))]).await;
        let (told, outcome) = heard(&desk, &mut sent, true).await;
        assert_eq!(told[0].wait_ms, 500, "{value}: the usual backoff");
        assert_eq!(outcome.status, Status::Complete, "{value}");
        assert_eq!(desk.server.requests().len(), 2, "{value}");
    }

    let past = "Thu, 01 Jan 1970 00:00:00 GMT";
    let mut sent = asked(&desk, [refusal("429", Some(past))]).await;
    let (told, _) = heard(&desk, &mut sent, false).await;
    assert_eq!(told[0].wait_ms, 0, "a moment that has passed");
}

#[tokio::test(flavor = "multi_thread")]
async fn h_09_a_busy_server_is_asked_three_times_at_most() {
    let desk = desk();
    for name in ["500", "409", "502", "503", "504"] {
        let mut sent = asked(&desk, [refusal(name, None), refusal(name, None)]).await;
        let (told, outcome) = heard(&desk, &mut sent, true).await;
        let waits: Vec<(u32, u64)> = told
            .iter()
            .map(|told| (told.attempt, told.wait_ms))
            .collect();
        assert_eq!(waits, [(2, 500), (3, 1_000)], "{name}: it doubles");
        assert_eq!(outcome.status, Status::Complete, "{name}");
        let requests = desk.server.requests();
        assert_eq!(requests.len(), 3, "{name}");
        let ids = requests.iter().map(|one| one.header("x-client-request-id"));
        let own = sent.turn.reply.id.to_string();
        assert!(ids.eq([Some(own.as_str()); 3]), "one id for every try");
    }
    let all = [(); 4].map(|()| refusal("503", None));
    let mut sent = asked(&desk, all).await;
    let (told, outcome) = heard(&desk, &mut sent, true).await;
    assert_eq!(told.len(), 2);
    assert_eq!(outcome.status, Status::Failed);
    assert_eq!(desk.server.requests().len(), 3, "and not once more");
    desk.server.clear_scripts();
}

#[tokio::test(flavor = "multi_thread")]
async fn h_10_nothing_is_asked_again_once_words_have_come() {
    let desk = desk();
    let broken = Script {
        fault: Some(Fault::Midstream {
            name: "503".to_owned(),
            shape: None,
            after: 5,
        }),
        ..Script::default()
    };
    for script in [broken, reset(Point::After(5))] {
        let mut sent = asked(&desk, [script]).await;
        let (told, outcome) = heard(&desk, &mut sent, false).await;
        assert_eq!(told, []);
        assert_ne!(outcome.status, Status::Complete);
        assert!(!desk.stored(&sent.turn).text.is_empty(), "the words stay");
        assert_eq!(desk.server.requests().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h_17_a_reset_before_the_answer_is_tried_once_more() {
    let desk = desk();
    let mut sent = asked(&desk, [reset(Point::Head)]).await;
    let (told, outcome) = heard(&desk, &mut sent, true).await;
    assert_eq!(told.len(), 1);
    assert_eq!(outcome.status, Status::Complete);
    assert_eq!(desk.server.requests().len(), 2);

    let mut sent = asked(&desk, [reset(Point::Head), reset(Point::Head)]).await;
    let (told, outcome) = heard(&desk, &mut sent, true).await;
    assert_eq!(told.len(), 1, "it may have been answered unheard");
    assert_eq!(outcome.status, Status::Failed);
    assert_eq!(desk.server.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_stays_is_asked_once() {
    let desk = desk();
    for name in [
        "401",
        "403",
        "404-model",
        "400-arrears",
        "400-inspection-input",
        "400-context-length",
        "403-free-tier",
    ] {
        let mut sent = asked(&desk, [refusal(name, None)]).await;
        let (told, outcome) = heard(&desk, &mut sent, false).await;
        assert_eq!(told, [], "{name}");
        assert_eq!(outcome.status, Status::Failed, "{name}");
        assert_eq!(desk.server.requests().len(), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_that_wait_hold_up_no_other() {
    let desk = desk();
    let account = desk.account().await;
    let mut waiting = Vec::new();
    for _ in 0..4 {
        desk.server.queue_script(refusal("429", Some("55")));
        let mut sent = desk.send(&account, "a question").await;
        loop {
            let event = sent.events.recv().await.unwrap();
            if matches!(event, ReplyEvent::Retrying { .. }) {
                break;
            }
        }
        waiting.push(sent);
    }
    let mut sent = desk.send(&account, "/fake tokens=3 rate=2000").await;
    let answered = heard(&desk, &mut sent, false);
    let answered = tokio::time::timeout(Duration::from_secs(20), answered).await;
    let (told, outcome) = answered.expect("it does not wait for the waiting ones");
    assert_eq!(told, []);
    assert_eq!(outcome.status, Status::Complete);
    desk.engine.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_tried_again_and_answers_once_when_it_is() {
    let mut desk = desk();
    let account = desk.account().await;
    let port = desk.server.address().port();
    std::mem::replace(&mut desk.server, FakeServer::start(Options::default())).stop();
    let mut sent = desk.send(&account, "a question").await;
    let (told, outcome) = heard(&desk, &mut sent, true).await;
    let reasons: Vec<_> = told
        .iter()
        .map(|told| (told.attempt, told.reason))
        .collect();
    assert_eq!(
        reasons,
        [(2, FailureKind::Connect), (3, FailureKind::Connect)]
    );
    assert_eq!(outcome.failure.unwrap().kind, FailureKind::Connect);

    let mut sent = desk.send(&account, "a question").await;
    while !matches!(
        sent.events.recv().await.unwrap(),
        ReplyEvent::Retrying { .. }
    ) {}
    let back = FakeServer::start(Options {
        port,
        ..Options::default()
    });
    let (_, outcome) = heard(&desk, &mut sent, true).await;
    assert_eq!(outcome.status, Status::Complete);
    assert_eq!(back.requests().len(), 1, "one answer is one bill");
}

/// The queue of connections that nobody accepts is full: what is sent to this port is lost.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_says_nothing_is_named_after_each_of_three_tries() {
    use tokio::net::{TcpSocket, TcpStream};

    let connect = Duration::from_millis(250);
    let mut desk = desk_on(network::ClientOptions {
        connect,
        ..network::ClientOptions::default()
    });
    let account = desk.account().await;
    let address = desk.server.address();
    std::mem::replace(&mut desk.server, FakeServer::start(Options::default())).stop();
    let silent = TcpSocket::new_v4().unwrap();
    silent.set_reuseaddr(true).unwrap();
    silent.bind(address).unwrap();
    let _silent = silent.listen(1).unwrap();
    let mut waiting = Vec::new();
    while let Ok(connection) = tokio::time::timeout(connect, TcpStream::connect(address)).await {
        waiting.push(connection);
    }

    let mut sent = desk.send(&account, "a question").await;
    let started = Instant::now();
    let (told, outcome) = heard(&desk, &mut sent, true).await;
    let reasons: Vec<_> = told
        .iter()
        .map(|told| (told.attempt, told.reason))
        .collect();
    let silence = FailureKind::ConnectTimeout;
    assert_eq!(reasons, [(2, silence), (3, silence)]);
    let failure = outcome.failure.unwrap();
    assert_eq!(
        (failure.kind, failure.host.as_deref()),
        (silence, Some("127.0.0.1"))
    );
    assert!(started.elapsed() >= connect * 3, "each had its time");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_again_has_a_budget() {
    let desk = desk();
    let account = desk.account().await;
    desk.server.forget_requests();
    let mut made = Vec::new();
    for _ in 0..13 {
        for _ in 0..3 {
            desk.server.queue_script(refusal("503", None));
        }
        let mut sent = desk.send(&account, "a question").await;
        let (told, outcome) = heard(&desk, &mut sent, true).await;
        assert_eq!(outcome.status, Status::Failed);
        assert_eq!(desk.server.requests().len(), told.len() + 1);
        made.push(told.len());
        desk.server.clear_scripts();
        desk.server.forget_requests();
    }
    // Twenty in reserve, and one earned by five questions.
    assert_eq!(made[..11], [2; 11]);
    assert_eq!(made[11..].iter().sum::<usize>(), 0, "{made:?}");
}
