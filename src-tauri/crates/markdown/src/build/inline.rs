//! Text, code, formulas and line breaks.

use super::frame::{Frame, Kind, element};
use super::{Builder, PENDING};
use crate::document::{Attributes, Element, Node, Tag};
use crate::gate::gate;
use crate::hidden;
use crate::limits::DEEPEST;
use crate::math;
use crate::text::inner_text;
use pulldown_cmark::{Event, LinkType};
use std::ops::Range;

impl Builder<'_> {
    /// What stands in a line.
    pub(super) fn inline(&mut self, event: Event<'_>, place: Range<usize>) {
        if self.top().kind == Kind::Item {
            self.imply_paragraph(place.start);
        }
        self.reach(&place);
        let reading = self.reading;
        match event {
            Event::Text(text) => self.text(reading.restored(&text, place)),
            Event::Html(html) | Event::InlineHtml(html) => {
                self.top().push_raw(reading.restored(&html, place));
            }
            Event::Code(code) => self.code(&code, place),
            Event::InlineMath(source) => self.formula(&source, place, 1),
            Event::DisplayMath(source) => self.formula(&source, place, 2),
            Event::FootnoteReference(label) => {
                let number = self.note(&label);
                self.add(Node::Element(Element {
                    attributes: Attributes {
                        number: Some(number),
                        ..Attributes::default()
                    },
                    ..element(Tag::FootnoteReference)
                }));
            }
            Event::SoftBreak => self.top().push_text("\n"),
            Event::HardBreak => self.add(Node::Element(element(Tag::LineBreak))),
            Event::Start(_) | Event::End(_) | Event::Rule | Event::TaskListMarker(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Kind::Code { text: code, .. } = &mut self.top().kind {
            code.push_str(text);
        } else {
            self.top().push_text(text);
        }
    }

    /// Notes how far the text of what is open reaches.
    pub(super) fn reach(&mut self, place: &Range<usize>) {
        let kind = &mut self.top().kind;
        if let Kind::Refused { inner } = kind {
            let start = inner.as_ref().map_or(place.start, |inner| inner.start);
            *inner = Some(start..place.end);
        } else if let Kind::Paragraph { implied: true, end } = kind {
            *end = place.end;
        }
    }

    fn code(&mut self, code: &str, place: Range<usize>) {
        let children = if self.reading.differs(place.clone()) {
            hidden::mark(&code_text(self.reading.written(place)))
        } else {
            hidden::mark(code)
        };
        self.add(Node::Element(Element {
            children,
            ..element(Tag::Code)
        }));
    }

    /// A formula whose marks are `marks` bytes on either side.
    fn formula(&mut self, source: &str, place: Range<usize>, marks: usize) {
        let whole = self.reading.written(place.clone());
        let inside = place.start + marks..place.end.saturating_sub(marks);
        let written = self.reading.written(inside.clone());
        let after = self.reading.text().as_bytes().get(place.end);
        // Two prices look like a formula; what follows a closing dollar sign is never a digit.
        if marks == 1 && after.is_some_and(u8::is_ascii_digit) {
            return self.top().push_raw(whole);
        }
        let quoted = self.frames.iter().any(is_quote);
        let source = match (self.reading.differs(inside), quoted) {
            (false, _) => source.to_owned(),
            (true, false) => written.to_owned(),
            (true, true) => unquoted(written),
        };
        let display = marks == 2 && !whole.starts_with("\\(");
        let allowed = self.built.counts.formulas < math::MOST_FORMULAS;
        self.built.counts.formulas += 1;
        let node = self.memory.formulas.set(&source, display, allowed);
        self.add(node);
    }

    /// Opens a link or an image, if the gate lets its address pass.
    pub(super) fn open_link(&mut self, how: LinkType, address: &str, image: bool, start: usize) {
        let mail = how == LinkType::Email;
        let address = if mail {
            format!("mailto:{address}")
        } else {
            address.to_owned()
        };
        let link = gate(&address).filter(|link| !image || !link.mail);
        let pending = self.reading.streaming && address == PENDING;
        let (kind, tag) = match (image, link.is_some() || pending) {
            (true, passed) => (Kind::Image { passed }, Tag::Image),
            (false, true) => (Kind::Link, Tag::Link),
            (false, false) => {
                let kind = Kind::Refused { inner: None };
                return self.push(Frame::new(kind, start, None));
            }
        };
        let deepest = if image { DEEPEST + 1 } else { DEEPEST };
        self.open(kind, start, tag, deepest);
        if let (Some(element), Some(link)) = (&mut self.top().element, link) {
            element.attributes.host = image.then_some(link.host);
            element.attributes.address = Some(link.address);
        }
    }

    /// Closes a link or an image that ends at the end of `place`.
    pub(super) fn close_link(&mut self, place: Range<usize>) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        if let Kind::Refused { inner } = &frame.kind {
            let inner = inner.clone();
            self.show_source(frame, inner, place.clone());
        } else if frame.kind == (Kind::Image { passed: false }) {
            let source = self.reading.written(place.clone());
            self.top().push_raw(source);
        } else if let (Kind::Image { passed: true }, Some(image)) =
            (&frame.kind, frame.element.as_ref())
        {
            let mut description = String::new();
            inner_text(&frame.children, &mut description);
            let children = super::frame::merged([Node::Text(description)].into_iter());
            let image = Element {
                children,
                ..image.clone()
            };
            self.add(Node::Element(image));
        } else {
            self.push(frame);
            self.close();
        }
        self.reach(&place);
    }

    /// What was written around and in a refused link, with the marks in its text read as elsewhere.
    fn show_source(&mut self, frame: Frame, inner: Option<Range<usize>>, place: Range<usize>) {
        let inner = inner.unwrap_or(place.end..place.end);
        let reading = self.reading;
        let top = self.top();
        top.push_raw(reading.written(place.start..inner.start));
        let (_, children, raw) = frame.into_parts();
        top.take_over(children, &raw);
        top.push_raw(reading.written(inner.end..place.end));
    }
}

fn is_quote(frame: &Frame) -> bool {
    let element = frame.element.as_ref();
    element.is_some_and(|element| element.tag == Tag::Quote)
}

/// The text of code in a line, from its source with the marks.
fn code_text(source: &str) -> String {
    let marks = source.len() - source.trim_start_matches('`').len();
    let inner = source.get(marks..source.len().saturating_sub(marks));
    let text = inner.unwrap_or_default().replace('\n', " ");
    let padded = text
        .strip_prefix(' ')
        .and_then(|text| text.strip_suffix(' '));
    match padded {
        Some(inner) if !text.trim().is_empty() => inner.to_owned(),
        Some(_) | None => text,
    }
}

/// A formula's source without the marks of the quote that its lines stand in.
fn unquoted(source: &str) -> String {
    let lines = source.split('\n').enumerate().map(|(number, line)| {
        let mut rest = line;
        while let Some(inner) = rest.trim_start().strip_prefix('>').filter(|_| number > 0) {
            rest = inner;
        }
        rest
    });
    lines.collect::<Vec<_>>().join("\n")
}
