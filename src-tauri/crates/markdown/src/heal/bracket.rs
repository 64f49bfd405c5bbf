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
        let long = rest.len() > LONGEST_ADDRESS;
        let found = match rest.chars().next() {
            None if self.partial && end - bracket.start <= LONGEST_HELD => {
                return self.hold(bracket.start);
            }
            Some('(') if long && !self.closes_near(end + 2) => return,
            Some('(') => target(start_of(self.rest(end + 2))),
            Some('[') => match start_of(rest).find(']') {
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
            Target::Open if long => {}
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

    /// Whether a parenthesis closes not too far from a place; over a whole text each byte is looked at once.
    fn closes_near(&mut self, place: usize) -> bool {
        if self.next_closing < place {
            let found = self.rest(place).find(')');
            self.next_closing = found.map_or(self.text.len(), |length| place + length);
        }
        self.next_closing - place <= LONGEST_ADDRESS && self.next_closing < self.text.len()
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

/// As much of a text as an address may be long: looking further from each bracket takes too long.
fn start_of(text: &str) -> &str {
    let end = text.floor_char_boundary(LONGEST_ADDRESS + 1);
    text.get(..end).unwrap_or_default()
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
