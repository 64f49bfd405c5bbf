//! A text made ready for the parser, and the way back to what was written.

use std::borrow::Cow;
use std::ops::Range;

/// The text to be read. Every byte of `text` has its place in `written`.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    text: Cow<'a, str>,
    written: Option<Cow<'a, str>>,
    /// How many bytes were put before the text: definitions from elsewhere.
    pub(crate) skip: usize,
    /// Whether more may come, so that what is open is shown as open.
    pub(crate) streaming: bool,
}

impl<'a> Reading<'a> {
    /// A text that is complete.
    pub(crate) fn whole(written: &'a str) -> Self {
        let text = crate::prepare::prepared(written);
        let written = matches!(text, Cow::Owned(_)).then_some(Cow::Borrowed(written));
        Self {
            text,
            written,
            skip: 0,
            streaming: false,
        }
    }

    /// A text of which more may come: `text` is what is read in the place of `written`.
    pub(crate) fn open(text: String, written: Option<String>, skip: usize) -> Self {
        Self {
            text: Cow::Owned(text),
            written: written.map(Cow::Owned),
            skip,
            streaming: true,
        }
    }

    /// What the parser reads.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What was written at a place.
    pub(crate) fn written(&self, place: Range<usize>) -> &str {
        let written = self.written.as_deref().unwrap_or(&self.text);
        written.get(place).unwrap_or_default()
    }

    /// Whether what is read at a place differs from what was written there.
    pub(crate) fn differs(&self, place: Range<usize>) -> bool {
        self.written.is_some() && self.text.get(place.clone()) != Some(self.written(place))
    }

    /// A text from the parser as it was written.
    pub(crate) fn restored<'t>(&'t self, text: &'t str, place: Range<usize>) -> &'t str {
        if self.written.is_some() && self.text.get(place.clone()) == Some(text) {
            return self.written(place);
        }
        text
    }
}
