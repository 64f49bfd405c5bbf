//! Links, images and definitions that are open.

use super::inline::Scan;
use super::target::{Target, target};
use crate::build::PENDING;
use crate::limits::LONGEST_HELD;

/// The longest address that is waited for, in bytes.
pub(super) const LONGEST_ADDRESS: usize = 2_048;

/// A bracket that waits for its end.
pub(super) struct Bracket {
    pub(super) start: usize,
    inside: usize,
    image: bool,
}

impl Scan<'_> {
    pub(super) fn bracket(&mut self, image: bool) {
        let inside = self.place + if image { 2 } else { 1 };
        self.brackets.push(Bracket {
            start: self.place,
            inside,
            image,
        });
        self.place = inside;
    }

    pub(super) fn close_bracket(&mut self) {
        let end = self.place;
        self.place += 1;
        let Some(bracket) = self.brackets.pop() else {
            return;
        };
        let rest = self.rest(end + 1);
        let found = match rest.chars().next() {
            None if self.partial && end - bracket.start <= LONGEST_HELD => {
                return self.hold(bracket.start);
            }
            Some('(') => target(self.rest(end + 2)),
            Some('[') => match rest.find(']') {
                Some(length) => Target::Closed(length + 1),
                None => Target::Open,
            },
            Some(':') if bracket.start == 0 && !rest.contains('\n') => {
                return self.hold(bracket.start);
            }
            None | Some(_) => return,
        };
        match found {
            Target::Closed(length) => {
                self.openers.forget_from(bracket.inside);
                self.brackets.retain(|outer| outer.image);
                self.place = end + 2 + length;
            }
            Target::Open if rest.len() > LONGEST_ADDRESS => {}
            Target::Open if bracket.image || end == bracket.inside || !may_pass(rest) => {
                self.hold(bracket.start);
            }
            Target::Open => {
                self.openers.forget_from(bracket.inside);
                self.brackets.clear();
                self.cut = end;
                self.closing = format!("]({PENDING})");
            }
            Target::None => {}
        }
    }

    /// A bracket that waits for its end is held back until it is known what it is.
    pub(super) fn hold_bracket(&mut self) {
        let cut = self.cut;
        let waiting = self
            .brackets
            .iter()
            .find(|bracket| bracket.start < cut && self.text.len() - bracket.start <= LONGEST_HELD);
        if let Some(bracket) = waiting {
            self.cut = bracket.start;
            self.closing.clear();
        }
    }
}

/// Whether what follows a link's text may become a label or an address that passes the gate.
fn may_pass(rest: &str) -> bool {
    let Some(address) = rest.strip_prefix('(') else {
        return true;
    };
    let address = address
        .trim_start()
        .trim_start_matches('<')
        .to_ascii_lowercase();
    let schemes = ["https://", "http://", "mailto:"];
    schemes
        .iter()
        .any(|scheme| scheme.starts_with(&address) || address.starts_with(scheme))
}
