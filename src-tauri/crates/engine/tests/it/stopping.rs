//! Stop: at once, with the text kept and the connection closed.

use crate::desk::desk;
use conversation::Status;
use engine::FailureKind;
use fake_dashscope::{Fault, Point, Script};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

#[tokio::test(flavor = "multi_thread")]
async fn stop_keeps_the_text_and_closes_the_connection() {
    let desk = desk();
    let account = desk.account().await;
    let mut sent = desk.send(&account, "/fake tokens=5000 rate=100").await;
    let shown = sent.first_text().await;
    assert!(desk.engine.is_replying_in(sent.turn.conversation.id));
    let asked = Instant::now();
    assert!(desk.engine.stop(sent.turn.reply.id));
    desk.engine.stop_all().await;
    let stored = desk.stored(&sent.turn);
    assert_eq!(stored.status, Status::Stopped);
    assert!(stored.text.starts_with(&shown) && !stored.text.is_empty());
    assert!(!desk.engine.stop(sent.turn.reply.id), "it runs no more");
    while desk
        .server
        .requests()
        .last()
        .unwrap()
        .client_closed_at
        .is_none()
    {
        assert!(
            asked.elapsed() < Duration::from_secs(5),
            "the server saw no disconnect"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_works_while_nothing_has_come_yet() {
    let desk = desk();
    let account = desk.account().await;
    let sent = desk.send(&account, "/fake tokens=5 delay=60").await;
    assert!(desk.engine.stop(sent.turn.reply.id));
    desk.engine.stop_all().await;
    assert_eq!(desk.stored(&sent.turn).status, Status::Stopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fifth_reply_waits_for_its_turn_and_can_be_stopped_while_it_waits() {
    let desk = desk();
    let account = desk.account().await;
    let before = desk.server.requests().len();
    let mut running = Vec::new();
    for _ in 0..5 {
        running.push(desk.send(&account, "/fake tokens=5000 rate=50").await);
    }
    for sent in running.iter_mut().take(4) {
        sent.first_text().await;
    }
    assert_eq!(desk.server.requests().len(), before + 4, "four at once");
    let waiting = running.pop().unwrap();
    desk.engine.stop(waiting.turn.reply.id);
    for _ in 0..200 {
        if desk.stored(&waiting.turn).status == Status::Stopped {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(desk.stored(&waiting.turn).status, Status::Stopped);
    assert_eq!(
        desk.server.requests().len(),
        before + 4,
        "the fifth was never sent"
    );
    desk.engine.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_waits_for_a_write_that_is_slow() {
    let desk = desk();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let written = Arc::new(AtomicBool::new(false));
    let (engine, write) = (desk.engine.clone(), Arc::clone(&written));
    // The caller goes away in the middle, as a page does when its window closes.
    let caller = tokio::spawn(async move {
        let slow = engine.with_store(move |_store| {
            begun.send(()).unwrap();
            Handle::current().block_on(tokio::time::sleep(Duration::from_millis(300)));
            write.store(true, Ordering::SeqCst);
            Ok(())
        });
        slow.await
    });
    begins.await.unwrap();
    caller.abort();
    desk.engine.close().await;
    assert!(written.load(Ordering::SeqCst), "the write was cut off");
}

#[tokio::test(flavor = "multi_thread")]
async fn p_13_a_sleep_ends_a_silent_reply_and_the_next_question_is_answered_at_once() {
    let desk = desk();
    let account = desk.account().await;
    let look = Duration::from_millis(200);
    let watch = tokio::spawn(desk.engine.clone().watch_sleep(look));
    desk.server.queue_script(Script {
        fault: Some(Fault::Stall(Point::After(20))),
        ..Script::default()
    });
    let mut silent = desk.send(&account, "a question").await;
    silent.first_text().await;
    let mut alive = desk.send(&account, "/fake tokens=400 rate=100").await;
    alive.first_text().await;
    tokio::time::sleep(look * 3).await;
    // A late look alone, as on a busy computer, is no sleep.
    desk.clock.fetch_add(9_000, Ordering::Relaxed);
    tokio::time::sleep(look * 4).await;
    assert!(desk.engine.is_replying_in(silent.turn.conversation.id));
    desk.clock.fetch_add(90_000, Ordering::Relaxed);
    let outcome = silent.hear_out_from_here().await.outcome;
    assert_eq!(outcome.status, Status::Interrupted);
    assert_eq!(outcome.failure.unwrap().kind, FailureKind::Slept);
    assert!(!desk.stored(&silent.turn).text.is_empty(), "the words stay");
    let mut next = desk.send(&account, "/fake tokens=5").await;
    assert_eq!(next.hear_out().await.outcome.status, Status::Complete);
    let outcome = alive.hear_out_from_here().await.outcome;
    assert_eq!(outcome.status, Status::Complete, "to which words came");
    watch.abort();
}
