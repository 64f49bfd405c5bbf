//! Blocks: paragraphs, headings, quotes, lists, tables, code.

use super::frame::{Frame, Kind, element};
use super::{Builder, Start};
use crate::build::code::code_line;
use crate::document::{Alignment, Attributes, Element, Node, Tag};
use crate::hidden;
use crate::limits::{DEEPEST, LONGEST_LANGUAGE, LONGEST_PARAGRAPH};
use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, HeadingLevel, Tag as Parsed, TagEnd};
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
            Parsed::Emphasis => self.open(Kind::Inline, start, Tag::Emphasis, DEEPEST),
            Parsed::Strong => self.open(Kind::Inline, start, Tag::Strong, DEEPEST),
            Parsed::Strikethrough => self.open(Kind::Inline, start, Tag::Strikethrough, DEEPEST),
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
            | Parsed::Subscript => self.frames.push(Frame::new(Kind::Inline, start, None)),
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
                self.close();
                return self.reach(&place);
            }
            _ => {}
        }
        self.close();
    }

    /// Closes the innermost frame.
    pub(super) fn close(&mut self) {
        if self.frames.len() < 2 {
            return;
        }
        let Some(mut frame) = self.frames.pop() else {
            return;
        };
        if let (Kind::List { loose, text }, Some(list)) = (&frame.kind, &mut frame.element) {
            list.attributes.tight = !loose;
            if self.frames.len() == 1 {
                self.built.list = (*text, *loose);
            }
        }
        let node = match frame.kind.clone() {
            Kind::Paragraph { end, .. } => self.paragraph_of(frame, end),
            Kind::Line | Kind::Inline => whole(frame),
            Kind::Html => html_of(frame),
            Kind::Code { fenced, .. } => {
                let place = frame.start..self.reading.text().len();
                self.code_of(frame, fenced, &place)
            }
            _ => {
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
        for node in node {
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

    fn set(&mut self, set: impl FnOnce(&mut Attributes)) {
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
        let list = frames.find_map(|frame| match &mut frame.kind {
            Kind::List { loose, text } => Some((loose, text)),
            _ => None,
        });
        if let Some((loose, text)) = list {
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
        if self.frames.len() == 2 {
            let start = Start {
                place: start,
                counts: self.counts(),
            };
            self.built.items.push(start);
        }
        let shown = self.top().element.is_some();
        let frame = Frame::new(Kind::Item, start, shown.then_some(Tag::Item));
        self.frames.push(frame);
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

    fn table(&mut self, alignments: Vec<pulldown_cmark::Alignment>, start: usize) {
        let ordinal = self.built.counts.tables;
        self.built.counts.tables += 1;
        let alignments = alignments.into_iter().map(alignment).collect();
        self.open(Kind::Table { alignments }, start, Tag::Table, DEEPEST);
        self.set(|attributes| attributes.ordinal = Some(ordinal));
    }

    fn cell(&mut self, start: usize) {
        let column = match &mut self.top().kind {
            Kind::Row { cells } => {
                *cells += 1;
                *cells - 1
            }
            _ => 0,
        };
        let mut frames = self.frames.iter().rev();
        let alignment = frames.find_map(|frame| match &frame.kind {
            Kind::Table { alignments } => alignments.get(column).copied(),
            _ => None,
        });
        self.open(Kind::Line, start, Tag::Cell, DEEPEST);
        self.set(|attributes| attributes.alignment = alignment.flatten());
    }

    fn code_block(&mut self, kind: CodeBlockKind<'_>, start: usize) {
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

    fn end_code_block(&mut self, place: Range<usize>) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let fenced = matches!(frame.kind, Kind::Code { fenced: true, .. });
        for node in self.code_of(frame, fenced, &place) {
            self.add(node);
        }
    }

    fn code_of(&mut self, frame: Frame, fenced: bool, place: &Range<usize>) -> Vec<Node> {
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

/// HTML as text, line by line.
fn html_of(frame: Frame) -> Vec<Node> {
    let mut source = String::new();
    inner(&frame.children, &mut source);
    let mut children = Vec::new();
    for line in source.trim_end_matches('\n').split('\n') {
        if !children.is_empty() {
            children.push(Node::Element(element(Tag::LineBreak)));
        }
        children.push(Node::Text(line.to_owned()));
    }
    let children = super::frame::merged(children.into_iter());
    vec![Node::Element(Element {
        children,
        ..element(Tag::Paragraph)
    })]
}

fn inner(nodes: &[Node], text: &mut String) {
    crate::text::inner_text(nodes, text);
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

fn alignment(alignment: pulldown_cmark::Alignment) -> Option<Alignment> {
    match alignment {
        pulldown_cmark::Alignment::None => None,
        pulldown_cmark::Alignment::Left => Some(Alignment::Left),
        pulldown_cmark::Alignment::Center => Some(Alignment::Center),
        pulldown_cmark::Alignment::Right => Some(Alignment::Right),
    }
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
