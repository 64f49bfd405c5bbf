//! Every list of operations is short enough for one message, whatever is in it.

use crate::replay::stream_at;
use crate::sample::sample;
use markdown::{LARGEST_BATCH, Operation, Stream};

#[test]
fn what_arrives_at_once_is_sent_in_short_messages() {
    let quotes = "\"\\\u{1}".repeat(3_000);
    let sources = [
        sample(21, 30_000),
        format!("{quotes}\n\n```\n{quotes}\n```\n\n> {quotes}\n"),
        format!("```json\n{}\n```\n", "[1,2,".repeat(3_000)),
        format!("| {} |\n|{}\n", "a | ".repeat(900), "---|".repeat(901)),
        format!("$${}$$\n", "\\frac{a}{b}+".repeat(300)),
    ];
    for source in sources {
        // The sizes are looked at where the operations are applied.
        stream_at(&source, &[]);
        stream_at(&source, &[source.len() / 2]);
    }
}

#[test]
fn a_late_definition_puts_one_block_in_the_place_of_another() {
    let mut stream = Stream::new();
    let items = "- an item with a [link][late] and some text around it\n".repeat(26);
    stream.push(&format!("{items}\n\nBetween.\n\nAnother.\n\n"));
    stream.flush();
    let before = stream.blocks().to_vec();
    stream.push("[late]: https://example.org/late\n\nThe next block.\n\n");
    let operations = stream.flush().concat();
    let repairs = operations
        .iter()
        .filter(|operation| matches!(operation, Operation::Repair { block: 0, .. }));
    assert_eq!(repairs.count(), 1, "{operations:?}");
    assert_ne!(stream.blocks()[0], before[0]);
    assert_eq!(stream.blocks()[1], before[1]);
    let size = serde_json::to_vec(&operations)
        .expect("operations are JSON")
        .len();
    assert!(size > LARGEST_BATCH / 2, "it is a large one: {size} bytes");
}
