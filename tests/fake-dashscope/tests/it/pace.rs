//! When events arrive. The bounds are generous: the machine may be busy.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fake_dashscope::{FakeServer, Options};

use crate::wire::{Answer, Chat};

fn server() -> FakeServer {
    FakeServer::start(Options::default())
}

/// When each event of an answer left the server, in microseconds since 1970.
fn stamps(answer: &Answer) -> Vec<u64> {
    answer
        .events()
        .iter()
        .filter_map(|event| event["fake_sent_us"].as_u64())
        .collect()
}

#[test]
fn events_keep_to_their_schedule_without_drift() {
    let answer = Chat::compatible("/fake tokens=300 rate=200").send(&server());
    let stamps = stamps(&answer);
    // One opening, 300 words, the finish and the usage.
    assert_eq!(stamps.len(), 303);
    let words = &stamps[1..301];
    let late = |index: usize| {
        let due = u64::try_from(index).unwrap() * 5_000;
        i64::try_from(words[index] - words[0]).unwrap() - i64::try_from(due).unwrap()
    };
    // Never early by more than the start's own lateness, and never late by an accumulated amount.
    let mut lateness: Vec<i64> = (0..300).map(late).collect();
    assert!(late(299) < 60_000, "the last word is {} µs late", late(299));
    lateness.sort_unstable();
    assert!(
        lateness[150].abs() < 5_000,
        "the median word is {} µs late",
        lateness[150]
    );
}

#[test]
fn each_event_is_on_the_wire_at_once() {
    let answer = Chat::compatible("/fake tokens=40 rate=40").send(&server());
    let gaps: Vec<Duration> = answer
        .pieces
        .windows(2)
        .map(|pair| pair[1].0 - pair[0].0)
        .collect();
    let apart = gaps
        .iter()
        .filter(|gap| **gap > Duration::from_millis(10))
        .count();
    assert!(
        apart >= 36,
        "only {apart} of 39 words came apart from the one before"
    );
}

#[test]
fn the_stamp_of_an_event_is_the_clock_of_its_sending() {
    let answer = Chat::compatible("/fake tokens=20 rate=100 stamps").send(&server());
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_micros();
    for (event, stamp) in answer.events().iter().zip(stamps(&answer)).skip(1).take(20) {
        let text = event["choices"][0]["delta"]["content"].as_str().unwrap();
        let inside: u64 = text.trim_matches(['⟨', '⟩', ' ']).parse().unwrap();
        assert!(text.starts_with('⟨') && text.ends_with("⟩ "));
        assert!(
            inside <= stamp && stamp - inside < 50_000,
            "{inside} and {stamp}"
        );
        assert!(u128::from(stamp) <= now && now - u128::from(stamp) < 60_000_000);
    }
}

#[test]
fn stamps_can_be_left_out() {
    let server = FakeServer::start(Options {
        stamp_chunks: false,
        ..Options::default()
    });
    assert!(
        !Chat::compatible("/fake flood")
            .send(&server)
            .text()
            .contains("fake_sent_us")
    );
}

#[test]
fn a_flood_is_fast() {
    let started = Instant::now();
    let answer = Chat::compatible("/fake flood tokens=20000").send(&server());
    let took = started.elapsed();
    assert_eq!(answer.events().len(), 20_003);
    assert!(
        took < Duration::from_secs(10),
        "20 000 tokens took {took:?}"
    );
}

#[test]
fn an_event_can_carry_many_tokens() {
    let answer = Chat::compatible("/fake tokens=100 rate=500 chunk=25").send(&server());
    let stamps = stamps(&answer);
    assert_eq!(stamps.len(), 1 + 4 + 2);
    let took = stamps[4] - stamps[1];
    assert!(
        (140_000..500_000).contains(&took),
        "three waits of 50 ms took {took} µs"
    );
}

#[test]
fn delays_before_the_head_and_before_the_first_token() {
    let server = server();
    let started = Instant::now();
    let answer = Chat::compatible("/fake flood tokens=2 delay=300ms first-token=0.2").send(&server);
    let opening = answer.pieces[0].0 - started;
    let token = answer.pieces[1].0 - answer.pieces[0].0;
    assert!(opening >= Duration::from_millis(300), "{opening:?}");
    assert!(token >= Duration::from_millis(190), "{token:?}");
}

#[test]
fn keepalive_comments_fill_the_silence() {
    let chat = Chat::compatible("/fake flood tokens=2 first-token=0.5 keepalive=100ms");
    let text = chat.send(&server()).text();
    let comments = text.matches(": keep-alive\n\n").count();
    assert!((3..=4).contains(&comments), "{comments} comments in 500 ms");
}

#[test]
fn a_drip_is_one_byte_at_a_time() {
    let answer = Chat::compatible("/fake drip=2000 text=a").send(&server());
    assert!(answer.pieces.iter().all(|(_, piece)| piece.len() == 1));
    let took = answer.pieces.last().unwrap().0 - answer.pieces[0].0;
    let least = Duration::from_secs_f64(
        f64::from(u32::try_from(answer.pieces.len() - 1).unwrap()) / 2000.0,
    );
    assert!(
        took >= least.mul_f64(0.9),
        "{took:?} for {} bytes",
        answer.pieces.len()
    );
}

#[test]
fn a_whole_answer_takes_as_long_as_its_tokens() {
    let started = Instant::now();
    Chat::compatible("/fake tokens=50 rate=200")
        .whole()
        .send(&server());
    assert!(started.elapsed() >= Duration::from_millis(240));
}
