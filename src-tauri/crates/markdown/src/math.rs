//! Formulas, typeset into MathML's own elements as nodes of the document.
//!
//! `katex-rs` reads the source and writes MathML as text; that text is read strictly into the closed
//! vocabulary, so nothing that a formula says can become anything else. A formula that cannot be
//! typeset, is refused or takes too long gives nothing, and its source is shown.

mod guard;
mod letters;
mod mend;
mod tree;
mod value;

use crate::budget::Worker;
use crate::document::Element;
use katex::{KatexContext, OutputFormat, Settings, StrictMode, StrictSetting, TrustSetting};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The most formulas of a message that are typeset.
pub(crate) const MOST_FORMULAS: usize = 200;

/// How long one formula may take.
const LIMIT: Duration = Duration::from_millis(50);

/// The largest size a formula can ask for, in `em`.
const LARGEST_SIZE: f64 = 20.0;

/// A reader that goes down with each command needs some 20 KiB for each, and a formula has at most
/// 4 000 characters; the memory is only taken when it is used.
const STACK: usize = 64 << 20;

type Typesetter = Worker<Question, Option<Element>>;

struct Question {
    source: String,
    display: bool,
    expansions: usize,
}

static TYPESETTER: Mutex<Option<Typesetter>> = Mutex::new(None);

/// The formula as a [`Tag::Math`](crate::Tag::Math), or nothing where its source is to be shown.
pub(crate) fn typeset(source: &str, display: bool) -> Option<Element> {
    let plain = letters::named(source);
    let question = Question {
        expansions: guard::expansions(&plain)?,
        source: plain,
        display,
    };
    let mut slot = TYPESETTER.lock().unwrap_or_else(PoisonError::into_inner);
    let worker = match slot.take() {
        Some(worker) => worker,
        None => begin()?,
    };
    let answer = worker.ask(question, LIMIT)?;
    *slot = Some(worker);
    answer
}

fn begin() -> Option<Typesetter> {
    Worker::start("typeset", STACK, || {
        let context = KatexContext::default();
        move |question: Question| set(&context, &question)
    })
}

fn set(context: &KatexContext, question: &Question) -> Option<Element> {
    let settings = Settings::builder()
        .display_mode(question.display)
        .output(OutputFormat::Mathml)
        .throw_on_error(true)
        .trust(TrustSetting::Bool(false))
        .strict(StrictSetting::Mode(StrictMode::Ignore))
        .max_expand(question.expansions)
        .max_size(LARGEST_SIZE)
        .build();
    let written = katex::render_to_string(context, &question.source, &settings).ok()?;
    tree::read(&written)
}
