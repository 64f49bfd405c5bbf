//! Code and HTML, which are shown as they were written.

use super::Builder;
use super::code::code_line;
use super::frame::{Frame, Kind, element, merged};
use crate::document::{Element, Node, Tag};
use crate::hidden;
use crate::limits::{DEEPEST, LONGEST_LANGUAGE};
use crate::text::inner_text;
use pulldown_cmark::CodeBlockKind;
use std::ops::Range;

impl Builder<'_> {
    pub(super) fn code_block(&mut self, kind: CodeBlockKind<'_>, start: usize) {
        let (fenced, language) = match kind {
            CodeBlockKind::Indented => (false, None),
            CodeBlockKind::Fenced(info) => (true, language(&info)),
        };
        let ordinal = self.built.counts.codes;
        self.built.counts.codes += 1;
        let kind = Kind::Code {
            fenced,
            language: language.clone(),
            text: String::new(),
        };
        self.open(kind, start, Tag::CodeBlock, DEEPEST + 1);
        self.set(|attributes| {
            attributes.language = language;
            attributes.ordinal = Some(ordinal);
        });
    }

    pub(super) fn end_code_block(&mut self, place: Range<usize>) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let fenced = matches!(frame.kind, Kind::Code { fenced: true, .. });
        for node in self.code_of(frame, fenced, &place) {
            self.add(node);
        }
    }

    pub(super) fn code_of(
        &mut self,
        frame: Frame,
        fenced: bool,
        place: &Range<usize>,
    ) -> Vec<Node> {
        let (Kind::Code { language, text, .. }, Some(mut block)) = (frame.kind, frame.element)
        else {
            return Vec::new();
        };
        let source = self.reading.text();
        let last = self.reading.streaming && place.end >= source.len();
        let open = last && fenced && !is_closed(source.get(place.clone()).unwrap_or_default());
        let unfinished = last && (open || !fenced) && !text.ends_with('\n');
        let mut lines: Vec<&str> = text.split('\n').collect();
        let rest = lines.pop().filter(|rest| !rest.is_empty());
        if let (Some(rest), false) = (rest, unfinished) {
            lines.push(rest);
        }
        let ordinal = block.attributes.ordinal.unwrap_or_default();
        let codes = &mut self.memory.codes;
        block.children = codes.lines(ordinal, language.as_deref(), &lines);
        if let (Some(rest), true) = (rest, unfinished) {
            block.children.push(code_line(hidden::mark(rest)));
        }
        block.attributes.open = open;
        vec![Node::Element(block)]
    }
}

/// HTML as text, line by line.
pub(super) fn html_of(frame: &Frame) -> Vec<Node> {
    let mut source = String::new();
    inner_text(&frame.children, &mut source);
    let mut children = Vec::new();
    for line in source.trim_end_matches('\n').split('\n') {
        if !children.is_empty() {
            children.push(Node::Element(element(Tag::LineBreak)));
        }
        children.push(Node::Text(line.to_owned()));
    }
    let children = merged(children.into_iter());
    vec![Node::Element(Element {
        children,
        ..element(Tag::Paragraph)
    })]
}

/// The language that a fence names: its first word.
fn language(info: &str) -> Option<String> {
    let mut words =
        info.split(|character: char| character.is_whitespace() || ",{".contains(character));
    let word = words.next().filter(|word| !word.is_empty())?;
    Some(word.chars().take(LONGEST_LANGUAGE).collect())
}

/// Whether a fenced block's source ends with the fence that closes it.
fn is_closed(source: &str) -> bool {
    let mark = source.chars().next().unwrap_or('`');
    let opened = source.len() - source.trim_start_matches(mark).len();
    let Some((_, last)) = source.trim_end_matches('\n').rsplit_once('\n') else {
        return false;
    };
    let last = last.trim_start_matches([' ', '\t', '>']).trim_end();
    last.len() >= opened && last.chars().all(|character| character == mark)
}
