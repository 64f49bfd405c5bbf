//! Streams a text in pieces and applies what comes out, as the page does.

use markdown::{LARGEST_BATCH, Node, Operation, Stream, apply, parse};

/// A reply that arrives, and the document that the operations made of it.
pub(crate) struct Replay {
    stream: Stream,
    /// The model document.
    pub(crate) model: Vec<Node>,
}

impl Replay {
    /// A reply of which nothing has arrived.
    pub(crate) fn new() -> Self {
        Self {
            stream: Stream::new(),
            model: Vec::new(),
        }
    }

    /// A piece arrives and is shown. What is shown is what the operations make.
    pub(crate) fn push(&mut self, piece: &str) -> Vec<Vec<Operation>> {
        self.stream.push(piece);
        let batches = self.stream.flush();
        self.apply(&batches);
        assert!(
            self.model == self.stream.blocks(),
            "the operations make what is shown\n{:#?}\n{:#?}",
            self.model,
            self.stream.blocks()
        );
        batches
    }

    /// The reply ends: what is shown is what the whole source is.
    pub(crate) fn finish(&mut self, source: &str) -> Vec<Vec<Operation>> {
        let batches = self.stream.finish();
        self.apply(&batches);
        assert_eq!(self.model, self.stream.blocks(), "at the end too");
        let whole = parse(source);
        assert!(
            self.model == whole,
            "the stream ends in the one-shot document\n{source:?}\n{:#?}\n{whole:#?}",
            self.model
        );
        batches
    }

    fn apply(&mut self, batches: &[Vec<Operation>]) {
        for batch in batches {
            let size = serde_json::to_vec(batch)
                .expect("operations are JSON")
                .len();
            assert!(size < LARGEST_BATCH, "a message of {size} bytes");
            apply(&mut self.model, batch);
        }
    }
}

/// Streams `source` in pieces that end at `ends` and at its end.
pub(crate) fn stream_at(source: &str, ends: &[usize]) {
    // A grammar takes longer the first time than a line may take, so let that time be over.
    parse(source);
    let mut replay = Replay::new();
    let mut start = 0;
    for end in ends.iter().copied().chain([source.len()]) {
        let end = source.floor_char_boundary(end);
        if end > start {
            replay.push(&source[start..end]);
            start = end;
        }
    }
    replay.finish(source);
}

/// Streams `source` character by character.
pub(crate) fn stream_by_character(source: &str) {
    let ends: Vec<usize> = source.char_indices().map(|(place, _)| place).collect();
    stream_at(source, &ends);
}
