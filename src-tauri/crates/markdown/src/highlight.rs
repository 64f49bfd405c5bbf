//! Code as tokens, one finished line at a time, with the state kept between the lines.

mod grammar;
mod token;

use crate::budget::Worker;
use crate::document::Node;
use crate::hidden::mark;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use token::Lexer;

/// The most bytes of a block that are highlighted.
const MOST_BYTES: usize = 100_000;

/// The longest line that is highlighted; a longer one is data or minified.
const LONGEST_LINE: usize = 1_000;

/// How long one line may take.
const LIMIT: Duration = Duration::from_millis(200);

/// How long a whole block may take: so much at first, and so much more with each line.
const BLOCK_LIMIT: Duration = Duration::from_secs(1);
const MORE_PER_LINE: Duration = Duration::from_millis(5);

/// A grammar's first lines compile what they need of it, which is no fault of theirs.
const COLD_LINES: usize = 20;
const COLD_LIMIT: Duration = Duration::from_secs(5);

/// Regular expressions keep their state on the heap, so a usual stack is enough.
const STACK: usize = 4 << 20;

/// A line to read, and what is known from those before it.
struct Question {
    lexer: Box<Lexer>,
    line: String,
}

struct Answer {
    lexer: Box<Lexer>,
    nodes: Vec<Node>,
    took: Duration,
}

/// One thread for all blocks: a regular expression keeps a working memory for each thread that
/// uses it.
struct Lexing {
    worker: Option<Worker<Question, Answer>>,
    /// How many lines each grammar has read.
    lines: BTreeMap<&'static str, usize>,
}

static LEXING: Mutex<Lexing> = Mutex::new(Lexing {
    worker: None,
    lines: BTreeMap::new(),
});

/// Highlights one code block.
pub(crate) struct Highlighter {
    /// Gone once a limit was reached: the rest of the block is plain.
    lexer: Option<Box<Lexer>>,
    grammar: &'static str,
    bytes: usize,
    left: Duration,
}

impl Highlighter {
    /// A highlighter for a language as a model names it; nothing for one without a grammar.
    pub(crate) fn new(language: &str) -> Option<Self> {
        let grammar = grammar::find(language)?;
        Some(Self {
            lexer: Some(Box::new(Lexer::new(grammar))),
            grammar: &grammar.name,
            bytes: 0,
            left: BLOCK_LIMIT,
        })
    }

    /// The children of a code line, from the line without its break.
    pub(crate) fn line(&mut self, line: &str) -> Vec<Node> {
        self.bytes += line.len() + 1;
        if self.bytes > MOST_BYTES {
            self.lexer = None;
        }
        if line.len() > LONGEST_LINE {
            return mark(line);
        }
        self.lexed(line).unwrap_or_else(|| mark(line))
    }

    fn lexed(&mut self, line: &str) -> Option<Vec<Node>> {
        let question = Question {
            lexer: self.lexer.take()?,
            line: format!("{line}\n"),
        };
        let (answer, cold) = asked(question, self.grammar)?;
        if !cold {
            self.left = (self.left + MORE_PER_LINE).saturating_sub(answer.took);
        }
        self.lexer = Some(answer.lexer).filter(|_| !self.left.is_zero());
        Some(answer.nodes)
    }
}

/// Reads the grammars and compiles what common code needs. It takes a while: call it from a thread
/// on which nobody waits.
pub fn warm() {
    for (language, code) in grammar::COMMON {
        if let Some(mut highlighter) = Highlighter::new(language) {
            for line in code.lines() {
                highlighter.line(line);
            }
        }
    }
}

/// The answer, and whether the grammar was cold.
fn asked(question: Question, grammar: &'static str) -> Option<(Answer, bool)> {
    let mut lexing = LEXING.lock().unwrap_or_else(PoisonError::into_inner);
    let worker = match lexing.worker.take() {
        Some(worker) => worker,
        None => Worker::start("highlight", STACK, || answer)?,
    };
    let lines = lexing.lines.entry(grammar).or_default();
    *lines += 1;
    let cold = *lines <= COLD_LINES;
    let answer = worker.ask(question, if cold { COLD_LIMIT } else { LIMIT })?;
    lexing.worker = Some(worker);
    Some((answer, cold))
}

fn answer(mut question: Question) -> Answer {
    let start = Instant::now();
    let nodes = question.lexer.line(&question.line);
    Answer {
        lexer: question.lexer,
        nodes,
        took: start.elapsed(),
    }
}
