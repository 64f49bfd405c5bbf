//! Killing the writer at any moment loses nothing it had acknowledged.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use conversation::Status;
use rusqlite::Connection;
use store::{DATABASE_FILE, Delta, DeltaKind, Message, Store};

use crate::{child, conversation, conversation_id, finished, message, message_id, reply};

const ROUNDS: u64 = 50;
const TOKEN_INTERVAL: Duration = Duration::from_millis(10);
const FLUSH_INTERVAL: Duration = Duration::from_millis(250);

/// Tokens of one reply: some replies end within a round, so a kill may also hit an end.
const REPLY_TOKENS: usize = 30;

/// Pieces of one to four bytes a character, and what SQL or JSON would trip over.
const TOKENS: [&str; 8] = [
    "千问",
    "😀",
    " word",
    "é",
    "'\"",
    "\n\n",
    "👨\u{200D}👩\u{200D}👧",
    "\u{0}x",
];

/// A small generator with a fixed sequence per seed: <https://prng.di.unimi.it/splitmix64.c>.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    pub(crate) fn percent(&mut self) -> u32 {
        u32::try_from(self.below(100)).unwrap()
    }
}

/// The token that stands at `index` in a reply; every fourth belongs to its thinking.
fn token(reply: u128, index: usize) -> (DeltaKind, String) {
    let kind = if index.is_multiple_of(4) {
        DeltaKind::Thinking
    } else {
        DeltaKind::Text
    };
    let place = index + usize::try_from(reply % 100).unwrap();
    (kind, format!("{}{index}", TOKENS[place % TOKENS.len()]))
}

/// The first `count` tokens of a reply joined by kind.
fn generated(reply: u128, count: usize) -> (String, String) {
    let (mut text, mut thinking) = (String::new(), String::new());
    for (kind, piece) in (0..count).map(|index| token(reply, index)) {
        match kind {
            DeltaKind::Text => text.push_str(&piece),
            DeltaKind::Thinking => thinking.push_str(&piece),
        }
    }
    (text, thinking)
}

/// Streams replies into `round`'s conversation until `replies` have ended, telling the parent
/// of each token when it is made and of each flush when it is on disk.
#[expect(
    clippy::disallowed_methods,
    reason = "the pace of a stream, on a thread of its own"
)]
fn stream_replies(folder: &Path, round: u128, replies: u128) {
    let store = Store::open(folder).unwrap();
    for number in 0..replies {
        let (question, answer) = (round * 1000 + number * 2, round * 1000 + number * 2 + 1);
        let parent = (number > 0).then(|| question - 1);
        let (question, reply) = (
            message(question, round, parent),
            reply(answer, round, Some(question)),
        );
        store
            .begin_turn(&conversation(round), Some(&question), &reply)
            .unwrap();
        child::tell_parent(&format!("begun {answer}"));
        let mut waiting = Vec::new();
        let mut flushed = Instant::now();
        for index in 0..REPLY_TOKENS {
            thread::sleep(TOKEN_INTERVAL);
            let (kind, text) = token(answer, index);
            let seq = u32::try_from(index).unwrap();
            waiting.push(Delta {
                message: message_id(answer),
                seq,
                kind,
                text,
            });
            child::tell_parent(&format!("made {answer} {}", index + 1));
            if flushed.elapsed() >= FLUSH_INTERVAL {
                store.append_deltas(&waiting).unwrap();
                waiting.clear();
                flushed = Instant::now();
                child::tell_parent(&format!("flushed {answer} {}", index + 1));
            }
        }
        store.append_deltas(&waiting).unwrap();
        store
            .finish_reply(&finished(answer, Status::Complete))
            .unwrap();
        child::tell_parent(&format!("finished {answer} {REPLY_TOKENS}"));
    }
}

/// What the parent heard before the child died.
#[derive(Default)]
struct Heard {
    begun: Vec<u128>,
    finished: Vec<u128>,
    /// The reply last flushed and how many of its tokens are on disk.
    flushed: (u128, usize),
    /// When each token was heard of.
    made: Vec<(Instant, u128, usize)>,
}

impl Heard {
    fn take_in(&mut self, at: Instant, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |place: usize| words[place].parse::<u128>().unwrap();
        let count = |place: usize| words[place].parse::<usize>().unwrap();
        match words[0] {
            "begun" => self.begun.push(number(1)),
            "made" => self.made.push((at, number(1), count(2))),
            "flushed" => self.flushed = (number(1), count(2)),
            "finished" => {
                self.finished.push(number(1));
                self.flushed = (number(1), count(2));
            }
            _ => panic!("the child failed: {line}"),
        }
    }
}

/// Runs a writer on `folder` and kills it `delay` after its first sign of life.
#[expect(
    clippy::disallowed_methods,
    reason = "the moment of the kill, on a thread of its own"
)]
fn run_and_kill(folder: &Path, round: u64, delay: Duration) -> (Heard, Instant) {
    let test = "crash::a_writer_that_is_not_killed_ends_its_replies_whole";
    let mut writer = child::command(test, folder)
        .env("ROUND", round.to_string())
        .spawn()
        .unwrap();
    let lines = child::lines_of(&mut writer);
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in lines {
            sender.send((Instant::now(), line)).unwrap();
        }
    });
    let mut heard = Heard::default();
    let (at, first) = receiver.recv().unwrap();
    heard.take_in(at, &first);
    thread::sleep(delay);
    writer.kill().unwrap();
    let killed = Instant::now();
    writer.wait().unwrap();
    reader.join().unwrap();
    for (at, line) in receiver {
        heard.take_in(at, &line);
    }
    (heard, killed)
}

/// How many tokens of a reply are stored; fails unless they are the first ones, whole.
fn stored_tokens(reply: u128, stored: &Message) -> usize {
    let is_stored =
        |count: &usize| generated(reply, *count) == (stored.text.clone(), stored.thinking.clone());
    (0..=REPLY_TOKENS)
        .find(is_stored)
        .unwrap_or_else(|| panic!("not a beginning of the reply: {stored:?}"))
}

/// Checks one round's conversation and returns how old the oldest lost token was at the kill.
fn check_round(store: &Store, round: u128, heard: &Heard, killed: Instant) -> Duration {
    let stored = store.messages(conversation_id(round)).unwrap();
    let replies: Vec<&Message> = stored.iter().skip(1).step_by(2).collect();
    assert!(
        replies.len() >= heard.begun.len(),
        "a turn begun is a turn stored"
    );
    let mut oldest_loss = Duration::ZERO;
    for (number, stored) in (0..).zip(&replies) {
        let id = round * 1000 + number * 2 + 1;
        assert_eq!(stored.id, message_id(id), "the order is kept");
        assert!(stored.status.is_final(), "no reply streams after a restart");
        let tokens = stored_tokens(id, stored);
        if heard.flushed.0 == id {
            assert!(
                tokens >= heard.flushed.1,
                "lost {} acknowledged tokens",
                heard.flushed.1
            );
        }
        if heard.finished.contains(&id) {
            assert_eq!((stored.status, tokens), (Status::Complete, REPLY_TOKENS));
        }
        if stored.status != Status::Complete {
            assert_eq!(stored.status, Status::Interrupted);
            assert_eq!(
                store.recovered(),
                [stored.id],
                "the start names what it recovered"
            );
        }
        let lost = heard
            .made
            .iter()
            .filter(|(_, made, count)| *made == id && *count > tokens);
        let ages = lost.map(|(at, ..)| killed.saturating_duration_since(*at));
        oldest_loss = ages.max().unwrap_or_default().max(oldest_loss);
    }
    oldest_loss
}

#[test]
fn d_01_kill_at_random_loses_nothing_acknowledged_in_50_rounds() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(0x0dd5_1de5);
    let mut losses = Vec::new();
    let mut interrupted = 0;
    let mut earlier: Vec<Vec<Message>> = Vec::new();
    for round in 0..ROUNDS {
        let delay = Duration::from_millis(100 + random.below(800));
        let (heard, killed) = run_and_kill(folder.path(), round, delay);

        let store = Store::open(folder.path()).unwrap();
        let round = u128::from(round);
        losses.push(check_round(&store, round, &heard, killed));
        interrupted += store.recovered().len();
        for (before, messages) in (0..).zip(&earlier) {
            let now = store.messages(conversation_id(before)).unwrap();
            assert_eq!(
                &now, messages,
                "round {round} changed the chat of round {before}"
            );
        }
        earlier.push(store.messages(conversation_id(round)).unwrap());
        drop(store);

        let connection = Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
        let verdict: String = connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(verdict, "ok");
        let left: u32 = connection
            .query_row("SELECT count(*) FROM delta", [], |row| row.get(0))
            .unwrap();
        assert_eq!(left, 0, "every piece was moved into its message");
    }
    assert!(
        interrupted >= 25,
        "most kills must hit a stream, {interrupted} did"
    );
    losses.sort();
    // The median, not the maximum: a busy test machine may hold the child up for longer.
    let median = losses[losses.len() / 2];
    assert!(
        median <= Duration::from_millis(500),
        "half of the rounds lost more than {median:?}"
    );
}

#[test]
fn a_writer_that_is_not_killed_ends_its_replies_whole() {
    if let Some(folder) = child::given_folder() {
        let round = std::env::var("ROUND").unwrap().parse().unwrap();
        stream_replies(&folder, round, u128::MAX);
    }
    let folder = tempfile::tempdir().unwrap();
    stream_replies(folder.path(), 7, 2);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.recovered(), []);
    let stored = store.messages(conversation_id(7)).unwrap();
    assert_eq!(stored.len(), 4);
    for (reply, stored) in [(7001, &stored[1]), (7003, &stored[3])] {
        assert_eq!(stored_tokens(reply, stored), REPLY_TOKENS);
        assert_eq!(stored.status, Status::Complete);
    }
}
