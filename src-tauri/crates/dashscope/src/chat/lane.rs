//! Turns what frames say about a growing text into what is new in it.
//!
//! Incremental frames pass through untouched. Only cumulative ones, which repeat everything, are
//! measured against what was passed on, by length and without copying it.

use super::decoder::Output;

/// One growing text.
#[derive(Debug)]
pub(super) struct Lane(State);

#[derive(Debug)]
enum State {
    Incremental,
    /// Bytes passed on so far.
    Cumulative(usize),
    Undecided(Evidence),
}

/// What speaks for either kind of frames while both are possible.
#[derive(Debug, Default)]
struct Evidence {
    /// Bytes passed on so far: the first text, with which both readings begin.
    passed: usize,
    /// Texts after it, not passed on yet.
    held: Vec<String>,
    /// The latest text.
    latest: String,
    growths: u32,
}

/// So many texts in a row that begin with the one before are no chance.
const SURE_AFTER: u32 = 2;

impl Lane {
    pub(super) fn new(output: Output) -> Self {
        Self(match output {
            Output::Incremental => State::Incremental,
            Output::Cumulative => State::Cumulative(0),
            Output::Detect => State::Undecided(Evidence::default()),
        })
    }

    /// What a frame's text adds; may be empty.
    pub(super) fn add(&mut self, text: String) -> String {
        match &mut self.0 {
            State::Incremental => text,
            State::Cumulative(passed) => beyond(text, passed),
            State::Undecided(evidence) => match evidence.weigh(text) {
                Weighed::Open(new) => new,
                Weighed::Incremental(new) => {
                    self.0 = State::Incremental;
                    new
                }
                Weighed::Cumulative(text) => {
                    let mut passed = evidence.passed;
                    let new = beyond(text, &mut passed);
                    self.0 = State::Cumulative(passed);
                    new
                }
            },
        }
    }

    /// What is still held back at the end.
    pub(super) fn end(&mut self) -> String {
        let State::Undecided(evidence) = &mut self.0 else {
            return String::new();
        };
        if evidence.held.is_empty() {
            return String::new();
        }
        // A last text that begins with all before it is the usual end of a cumulative stream.
        let mut passed = evidence.passed;
        let new = beyond(std::mem::take(&mut evidence.latest), &mut passed);
        self.0 = State::Cumulative(passed);
        new
    }
}

enum Weighed {
    Open(String),
    Incremental(String),
    Cumulative(String),
}

impl Evidence {
    fn weigh(&mut self, text: String) -> Weighed {
        if self.latest.is_empty() {
            self.passed = text.len();
            self.latest.clone_from(&text);
            return Weighed::Open(text);
        }
        // Cumulative frames never fall back to less than they had.
        if !text.starts_with(self.latest.as_str()) {
            let mut held = self.held.concat();
            held.push_str(&text);
            return Weighed::Incremental(held);
        }
        if text.len() > self.latest.len() {
            self.growths += 1;
        }
        if self.growths >= SURE_AFTER {
            return Weighed::Cumulative(text);
        }
        self.held.push(text.clone());
        self.latest = text;
        Weighed::Open(String::new())
    }
}

/// The part of a cumulative text after the first `passed` bytes.
fn beyond(mut text: String, passed: &mut usize) -> String {
    if text.len() <= *passed || !text.is_char_boundary(*passed) {
        return String::new();
    }
    let new = text.split_off(*passed);
    *passed += new.len();
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(output: Output, texts: &[&str]) -> String {
        let mut lane = Lane::new(output);
        let mut whole = String::new();
        for text in texts {
            whole.push_str(&lane.add((*text).to_owned()));
        }
        whole + &lane.end()
    }

    #[test]
    fn incremental_texts_pass_through() {
        assert_eq!(
            whole(Output::Incremental, &["ha", "haha", "", "h"]),
            "hahahah"
        );
    }

    #[test]
    fn cumulative_texts_are_passed_on_once() {
        assert_eq!(
            whole(Output::Cumulative, &["", "你", "你好", "你好", "你好，世"]),
            "你好，世"
        );
    }

    #[test]
    fn a_cumulative_text_that_shrinks_or_splits_a_character_is_no_panic() {
        assert_eq!(
            whole(Output::Cumulative, &["abc", "a", "ab汉", "abc汉d"]),
            "abc汉d"
        );
    }

    #[test]
    fn detection_finds_both_kinds() {
        assert_eq!(whole(Output::Detect, &["a", "ab", "abc", "abcd"]), "abcd");
        assert_eq!(whole(Output::Detect, &["a", "b", "bc", "bcd"]), "abbcbcd");
        assert_eq!(whole(Output::Detect, &["ha", "haha", "!"]), "hahaha!");
        assert_eq!(whole(Output::Detect, &["2", "2", ""]), "22");
        assert_eq!(
            whole(Output::Detect, &["Hello", "Hello there."]),
            "Hello there."
        );
        assert_eq!(whole(Output::Detect, &["", "one"]), "one");
    }
}
