//! What is streamed ends in the one-shot document, however it was cut.

use crate::examples::{Example, bare_links, commonmark, extensions};
use crate::replay::{stream_at, stream_by_character};
use crate::sample::Numbers;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn each(examples: &[Example], check: impl Fn(&Example)) {
    let failed: Vec<String> = examples
        .iter()
        .filter(|example| catch_unwind(AssertUnwindSafe(|| check(example))).is_err())
        .map(Example::name)
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {}: {failed:?}",
        failed.len(),
        examples.len()
    );
}

fn stream_at_random(example: &Example) {
    let mut numbers = Numbers::new(u64::from(example.number));
    for _ in 0..4 {
        let count = numbers.below(12);
        let mut ends: Vec<usize> = (0..count)
            .map(|_| numbers.below(example.markdown.len()))
            .collect();
        ends.sort_unstable();
        stream_at(&example.markdown, &ends);
    }
}

#[test]
fn all_commonmark_examples_by_character() {
    let examples = commonmark();
    assert_eq!(examples.len(), 652);
    each(&examples, |example| stream_by_character(&example.markdown));
}

#[test]
fn all_commonmark_examples_at_random() {
    each(&commonmark(), stream_at_random);
}

#[test]
fn all_extension_examples_by_character() {
    each(&extensions(), |example| {
        stream_by_character(&example.markdown);
    });
    each(&bare_links(), |example| {
        stream_by_character(&example.markdown);
    });
}

#[test]
fn all_extension_examples_at_random() {
    each(&extensions(), stream_at_random);
    each(&bare_links(), stream_at_random);
}
