//! Emphasis that is open at a place.

use crate::limits::DEEPEST;
use crate::prepare::is_punctuation;

/// A run of marks that opened something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opener {
    /// The mark.
    pub(super) mark: char,
    /// How many of them still wait.
    pub(super) count: usize,
    /// Where the run starts.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    both: bool,
}

/// A run of marks and what stands around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// The mark.
    pub(super) mark: char,
    /// Where the run starts.
    pub(super) start: usize,
    /// How long it is.
    pub(super) count: usize,
    /// The character before it.
    pub(super) before: Option<char>,
    /// The character after it.
    pub(super) after: Option<char>,
}

/// What is open, outermost first.
#[derive(Debug, Default)]
pub(super) struct Openers(Vec<Opener>);

impl Openers {
    /// Takes a run: it closes what it can and may open something. Returns whether none of it is left over.
    pub(super) fn take(&mut self, run: Run) -> bool {
        let blank = |side: Option<char>| side.is_none_or(char::is_whitespace);
        let marked = |side: Option<char>| side.is_some_and(is_punctuation);
        let left =
            !blank(run.after) && (!marked(run.after) || blank(run.before) || marked(run.before));
        let right =
            !blank(run.before) && (!marked(run.before) || blank(run.after) || marked(run.after));
        let (opens, closes) = match run.mark {
            '_' => (
                left && (!right || marked(run.before)),
                right && (!left || marked(run.after)),
            ),
            '~' => (left && run.count == 2, right && run.count == 2),
            _ => (left, right),
        };
        let mut rest = run.count;
        if closes {
            rest = self.close(run, rest, opens && closes);
        }
        // Between letters and digits a star is more likely a product or a power.
        let word = |side: Option<char>| side.is_some_and(|side| side.is_ascii_alphanumeric());
        let opened = opens && !(word(run.before) && word(run.after));
        if rest > 0 && opened && self.0.len() < DEEPEST {
            self.0.push(Opener {
                mark: run.mark,
                count: rest,
                start: run.start + (run.count - rest) * run.mark.len_utf8(),
                end: run.start + run.count,
                both: closes,
            });
        }
        rest == 0 || (opened && self.0.len() < DEEPEST) || (!opens && !closes)
    }

    fn close(&mut self, run: Run, count: usize, both: bool) -> usize {
        let mut rest = count;
        while rest > 0 {
            let fits = |opener: &Opener| {
                let thirds = (opener.both || both)
                    && (opener.count + rest).is_multiple_of(3)
                    && !(opener.count.is_multiple_of(3) && rest.is_multiple_of(3));
                opener.mark == run.mark && !thirds
            };
            let Some(place) = self.0.iter().rposition(fits) else {
                return rest;
            };
            self.0.truncate(place + 1);
            let Some(opener) = self.0.last_mut() else {
                return rest;
            };
            let used = if opener.count >= 2 && rest >= 2 { 2 } else { 1 };
            opener.count -= used;
            opener.end -= used;
            rest -= used;
            if opener.count == 0 {
                self.0.pop();
            }
        }
        rest
    }

    /// Forgets what was opened at or after a place.
    pub(super) fn forget_from(&mut self, place: usize) {
        self.0.retain(|opener| opener.start < place);
    }

    /// The innermost.
    pub(super) fn last(&self) -> Option<Opener> {
        self.0.last().copied()
    }

    /// The marks that close everything, innermost first.
    pub(super) fn closing(&self) -> String {
        let marks = self.0.iter().rev();
        marks
            .map(|opener| opener.mark.to_string().repeat(opener.count))
            .collect()
    }
}
