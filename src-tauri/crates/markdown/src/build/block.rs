//! Blocks: paragraphs, headings, quotes, lists, tables, code.

use super::frame::{Frame, Kind, element};
use super::verbatim::html_of;
use super::{Builder, Start};
use crate::document::{Attributes, Element, Node, Tag};
use crate::limits::{DEEPEST, LONGEST_PARAGRAPH};
use pulldown_cmark::{BlockQuoteKind, HeadingLevel, Tag as Parsed, TagEnd};
use std::ops::Range;

/// How deep what holds blocks may be: a table and marks in its cells still fit into it.
const DEEPEST_HOLDER: usize = DEEPEST - 8;

impl Builder<'_> {
    /// Something begins.
    pub(super) fn start(&mut self, tag: Parsed<'_>, place: Range<usize>) {
        if is_block(&tag) {
            self.end_implied_paragraph();
            if self.is_at_top() && place.start < self.reading.skip {
                return self
                    .frames
                    .push(Frame::new(Kind::Skipped, place.start, None));
            }
            self.begin_block(place.start);
        } else if self.top().kind == Kind::Item {
            self.imply_paragraph(place.start);
        }
        if !is_block(&tag) {
            self.reach(&place);
        }
        let start = place.start;
        match tag {
            Parsed::Paragraph => self.paragraph(start),
            Parsed::Heading { level, .. } => self.open(Kind::Line, start, heading(level), DEEPEST),
            Parsed::BlockQuote(kind) => self.quote(kind, start),
            Parsed::CodeBlock(kind) => self.code_block(kind, start),
            Parsed::HtmlBlock | Parsed::MetadataBlock(_) => {
                self.open(Kind::Html, start, Tag::Paragraph, DEEPEST);
            }
            Parsed::List(first) => self.list(first, start),
            Parsed::Item => self.item(start),
            Parsed::FootnoteDefinition(label) => {
                let number = self.note(&label);
                self.open(Kind::Blocks, start, Tag::Footnote, DEEPEST_HOLDER);
                self.set(|attributes| attributes.number = Some(number));
            }
            Parsed::Table(alignments) => self.table(alignments, start),
            Parsed::TableHead => {
                self.open(Kind::Blocks, start, Tag::TableHead, DEEPEST);
                self.open(Kind::Row { cells: 0 }, start, Tag::Row, DEEPEST);
            }
            Parsed::TableRow => self.open(Kind::Row { cells: 0 }, start, Tag::Row, DEEPEST),
            Parsed::TableCell => self.cell(start),
            Parsed::Emphasis => self.open_marks(start, Tag::Emphasis),
            Parsed::Strong => self.open_marks(start, Tag::Strong),
            Parsed::Strikethrough => self.open_marks(start, Tag::Strikethrough),
            Parsed::Link {
                link_type,
                dest_url,
                ..
            } => {
                self.open_link(link_type, &dest_url, false, start);
            }
            Parsed::Image {
                link_type,
                dest_url,
                ..
            } => {
                self.open_link(link_type, &dest_url, true, start);
            }
            Parsed::DefinitionList
            | Parsed::DefinitionListTitle
            | Parsed::DefinitionListDefinition
            | Parsed::Superscript
            | Parsed::Subscript => self.push(Frame::new(Kind::Inline, start, None)),
        }
    }

    /// Something ends.
    pub(super) fn end(&mut self, end: TagEnd, place: Range<usize>) {
        match end {
            TagEnd::Link | TagEnd::Image => return self.close_link(place),
            TagEnd::Item => self.end_implied_paragraph(),
            TagEnd::TableHead => {
                self.close();
                self.close();
                return self.open(Kind::Blocks, place.end, Tag::TableBody, DEEPEST);
            }
            TagEnd::Table => self.close(),
            TagEnd::CodeBlock => return self.end_code_block(place),
            TagEnd::Paragraph => {
                let inside = place.clone();
                if let Kind::Paragraph { end, .. } = &mut self.top().kind {
                    *end = inside.end;
                }
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.close_marks();
                return self.reach(&place);
            }
            TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::HtmlBlock
            | TagEnd::List(_)
            | TagEnd::FootnoteDefinition
            | TagEnd::TableRow
            | TagEnd::TableCell
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::MetadataBlock(_) => {}
        }
        self.close();
    }

    /// Closes the innermost frame.
    pub(super) fn close(&mut self) {
        let Some(mut frame) = self.frames.pop() else {
            return;
        };
        if let (Kind::List { loose, text }, Some(list)) = (&frame.kind, &mut frame.element) {
            list.attributes.tight = !loose;
            if self.frames.is_empty() {
                self.built.list = (*text, *loose);
            }
        }
        let nodes = match frame.kind {
            Kind::Paragraph { end, .. } => self.paragraph_of(frame, end),
            Kind::Line | Kind::Inline => whole(frame),
            Kind::Html => html_of(&frame),
            Kind::Code { fenced, .. } => {
                let place = frame.start..self.reading.text().len();
                self.code_of(frame, fenced, &place)
            }
            Kind::Document
            | Kind::Blocks
            | Kind::List { .. }
            | Kind::Item
            | Kind::Table { .. }
            | Kind::Row { .. }
            | Kind::Link
            | Kind::Refused { .. }
            | Kind::Image { .. }
            | Kind::Skipped => {
                let (element, children, raw) = frame.into_parts();
                match element {
                    Some(element) => vec![Node::Element(Element {
                        children,
                        ..element
                    })],
                    None => return self.top().take_over(children, &raw),
                }
            }
        };
        for node in nodes {
            self.add(node);
        }
    }

    fn begin_block(&mut self, place: usize) {
        if self.is_at_top() {
            let start = Start {
                place,
                counts: self.counts(),
            };
            self.built.starts.push(start);
            self.built.items.clear();
            self.built.list = (false, false);
        }
        self.built.counts.blocks += 1;
    }

    pub(super) fn set(&mut self, set: impl FnOnce(&mut Attributes)) {
        if let Some(element) = &mut self.top().element {
            set(&mut element.attributes);
        }
    }

    fn paragraph(&mut self, start: usize) {
        if self.top().kind == Kind::Item {
            self.mark_list(true);
        }
        let kind = Kind::Paragraph {
            implied: false,
            end: start,
        };
        self.open(kind, start, Tag::Paragraph, DEEPEST);
    }

    /// Text in a tight item, which the parser gives without a paragraph around it.
    pub(super) fn imply_paragraph(&mut self, start: usize) {
        self.mark_list(false);
        let kind = Kind::Paragraph {
            implied: true,
            end: start,
        };
        self.open(kind, start, Tag::Paragraph, DEEPEST);
    }

    fn end_implied_paragraph(&mut self) {
        if matches!(self.top().kind, Kind::Paragraph { implied: true, .. }) {
            self.close();
        }
    }

    /// Notes that an item of the innermost list holds text, and whether as a paragraph of its own.
    fn mark_list(&mut self, apart: bool) {
        let mut frames = self.frames.iter_mut().rev();
        let list = frames.find(|frame| matches!(frame.kind, Kind::List { .. }));
        if let Some(Kind::List { loose, text }) = list.map(|frame| &mut frame.kind) {
            *loose |= apart;
            *text = true;
        }
    }

    fn paragraph_of(&mut self, frame: Frame, end: usize) -> Vec<Node> {
        let place = frame.start..end;
        if place.len() > LONGEST_PARAGRAPH {
            let written = self.reading.written(place).trim().to_owned();
            return vec![Node::Element(Element {
                children: vec![Node::Text(written)],
                ..element(Tag::Paragraph)
            })];
        }
        let nodes = whole(frame);
        match nodes.as_slice() {
            [Node::Element(paragraph)] if is_formula(paragraph) => paragraph.children.clone(),
            _ => nodes,
        }
    }

    fn quote(&mut self, kind: Option<BlockQuoteKind>, start: usize) {
        self.open(Kind::Blocks, start, Tag::Quote, DEEPEST_HOLDER);
        let Some(name) = kind.map(name_of) else {
            return;
        };
        let strong = Element {
            children: vec![Node::Text(name.to_owned())],
            ..element(Tag::Strong)
        };
        self.add(Node::Element(Element {
            children: vec![Node::Element(strong)],
            ..element(Tag::Paragraph)
        }));
    }

    fn list(&mut self, first: Option<u64>, start: usize) {
        let tag = if first.is_some() {
            Tag::OrderedList
        } else {
            Tag::BulletList
        };
        let kind = Kind::List {
            loose: false,
            text: false,
        };
        self.open(kind, start, tag, DEEPEST_HOLDER - 1);
        let first = first.and_then(|first| u32::try_from(first).ok());
        self.set(|attributes| attributes.start = first.filter(|first| *first != 1));
    }

    fn item(&mut self, start: usize) {
        if self.frames.len() == 1 {
            let start = Start {
                place: start,
                counts: self.counts(),
            };
            self.built.items.push(start);
        }
        let shown = self.top().element.is_some();
        let frame = Frame::new(Kind::Item, start, shown.then_some(Tag::Item));
        self.push(frame);
    }

    /// A task's box: on the item around it.
    pub(super) fn check(&mut self, checked: bool) {
        let mut frames = self.frames.iter_mut().rev();
        let item = frames.find(|frame| frame.kind == Kind::Item);
        if let Some(element) = item.and_then(|frame| frame.element.as_mut()) {
            element.attributes.checked = Some(checked);
        }
    }

    /// A thematic break.
    pub(super) fn rule(&mut self, place: Range<usize>) {
        self.end_implied_paragraph();
        if self.is_at_top() && place.start < self.reading.skip {
            return;
        }
        self.begin_block(place.start);
        self.add(Node::Element(element(Tag::Rule)));
    }
}

/// An element with its text's bare addresses as links, or its children where it shows none.
fn whole(frame: Frame) -> Vec<Node> {
    if frame.element.is_none() {
        let (_, children, _) = frame.into_parts();
        return children;
    }
    let element = frame.element.clone();
    let children = frame.into_linked();
    let element = element.map(|element| Element {
        children,
        ..element
    });
    element.into_iter().map(Node::Element).collect()
}

fn is_block(tag: &Parsed<'_>) -> bool {
    !matches!(
        tag,
        Parsed::Emphasis
            | Parsed::Strong
            | Parsed::Strikethrough
            | Parsed::Superscript
            | Parsed::Subscript
            | Parsed::Link { .. }
            | Parsed::Image { .. }
    )
}

fn is_formula(paragraph: &Element) -> bool {
    match paragraph.children.as_slice() {
        [Node::Element(only)] => only.tag == Tag::BlockFormula,
        _ => false,
    }
}

fn heading(level: HeadingLevel) -> Tag {
    match level {
        HeadingLevel::H1 => Tag::Heading1,
        HeadingLevel::H2 => Tag::Heading2,
        HeadingLevel::H3 => Tag::Heading3,
        HeadingLevel::H4 => Tag::Heading4,
        HeadingLevel::H5 => Tag::Heading5,
        HeadingLevel::H6 => Tag::Heading6,
    }
}

/// What a quote's own mark calls it; the word is the reply's, not ours.
fn name_of(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "Note",
        BlockQuoteKind::Tip => "Tip",
        BlockQuoteKind::Important => "Important",
        BlockQuoteKind::Warning => "Warning",
        BlockQuoteKind::Caution => "Caution",
    }
}
