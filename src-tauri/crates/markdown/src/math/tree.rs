//! Reads the MathML that was written for a formula into nodes of the closed vocabulary.

use super::letters::shaped;
use super::mend::{mend, space};
use super::value::checked;
use crate::document::{Attributes, Element, MathAttribute, Node, Tag};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;

/// Deeper or larger formulas are nobody's.
const DEEPEST: usize = 200;
const MOST_ELEMENTS: usize = 4_000;

/// The formula in a text; nothing for anything but one `math` made of known elements.
pub(super) fn read(written: &str) -> Option<Element> {
    let mut reader = Reader::from_str(written);
    let mut tree = Tree::default();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => tree.open(&start)?,
            Event::Empty(start) => {
                tree.open(&start)?;
                tree.close()?;
            }
            Event::End(_) => tree.close()?,
            Event::Text(text) => tree.text(&text.into_inner()),
            Event::GeneralRef(name) => tree.text(character(&name)?.encode_utf8(&mut [0; 4])),
            Event::Eof => break,
            Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {
                return None;
            }
        }
    }
    tree.root.filter(|_| tree.open.is_empty())
}

fn character(name: &BytesRef<'_>) -> Option<char> {
    if name.is_char_ref() {
        return name.resolve_char_ref().ok().flatten();
    }
    match &**name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[derive(Default)]
struct Tree {
    open: Vec<Frame>,
    elements: usize,
    root: Option<Element>,
}

/// What is open.
enum Frame {
    /// An element of the formula.
    Element(Box<Part>),
    /// A wrapper whose children count as its parent's.
    Wrapper,
    /// The source, which is kept elsewhere.
    Skipped,
}

struct Part {
    element: Element,
    /// The letters' shape, for the text in it.
    variant: Option<String>,
    /// Space before and after it that was asked for as an increment.
    padding: Option<(f64, f64)>,
    /// The size it has, in the formula's `em`.
    size: f64,
}

impl Tree {
    fn open(&mut self, start: &BytesStart<'_>) -> Option<()> {
        self.elements += 1;
        if self.open.len() > DEEPEST || self.elements > MOST_ELEMENTS {
            return None;
        }
        let frame = match start.name().into_inner() {
            "span" if self.open.is_empty() => Frame::Wrapper,
            "semantics" => Frame::Wrapper,
            "annotation" => Frame::Skipped,
            name => Frame::Element(Box::new(self.part(tag(name)?, start)?)),
        };
        self.open.push(frame);
        Some(())
    }

    fn part(&self, tag: Tag, start: &BytesStart<'_>) -> Option<Part> {
        let is_root = !self
            .open
            .iter()
            .any(|frame| matches!(frame, Frame::Element(_)));
        if is_root != (tag == Tag::Math) {
            return None;
        }
        let mut written = BTreeMap::new();
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            written.insert(attribute.key.into_inner().to_owned(), value.into_owned());
        }
        let around = self.parent().map_or(1.0, |part| part.size);
        let size = written
            .get("mathsize")
            .and_then(|size| em(size))
            .unwrap_or(around);
        if let Some(value) = written.get_mut("mathsize") {
            // Sizes are written against the formula's own, and a page reads them against the parent's.
            *value = format!("{:.3}em", size / around.max(0.1));
        }
        let mut attributes = Attributes::default();
        let known = written
            .iter()
            .filter_map(|(name, value)| checked(tag, name, value));
        attributes.math.extend(known);
        Some(Part {
            padding: (tag == Tag::Mpadded).then(|| padding(&written)).flatten(),
            variant: written.remove("mathvariant").filter(|_| is_letters(tag)),
            element: Element {
                tag,
                attributes,
                children: Vec::new(),
            },
            size,
        })
    }

    fn parent(&self) -> Option<&Part> {
        self.open.iter().rev().find_map(|frame| match frame {
            Frame::Element(part) => Some(part.as_ref()),
            Frame::Wrapper | Frame::Skipped => None,
        })
    }

    fn text(&mut self, text: &str) {
        let inner = match self.open.last_mut() {
            Some(Frame::Element(part)) => part,
            Some(Frame::Wrapper | Frame::Skipped) | None => return,
        };
        match inner.element.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            Some(Node::Element(_)) | None => {
                inner.element.children.push(Node::Text(text.to_owned()));
            }
        }
    }

    fn close(&mut self) -> Option<()> {
        let Frame::Element(part) = self.open.pop()? else {
            return Some(());
        };
        let element = finished(*part);
        let parent = self.open.iter_mut().rev().find_map(|frame| match frame {
            Frame::Element(part) => Some(part),
            Frame::Wrapper | Frame::Skipped => None,
        });
        match parent {
            Some(parent) => parent.element.children.push(Node::Element(element)),
            None if self.root.is_none() => self.root = Some(element),
            None => return None,
        }
        Some(())
    }
}

fn finished(part: Part) -> Element {
    let mut element = part.element;
    mend(&mut element);
    if let Some(variant) = part.variant {
        reshape(&mut element, &variant);
    }
    if element.tag == Tag::Mtable {
        spread(&mut element);
    }
    let Some((before, after)) = part.padding else {
        return element;
    };
    let mut children = vec![space(before)];
    children.append(&mut element.children);
    children.push(space(after));
    Element {
        tag: Tag::Mrow,
        attributes: Attributes::default(),
        children,
    }
}

fn is_letters(tag: Tag) -> bool {
    matches!(tag, Tag::Mi | Tag::Mn | Tag::Mo)
}

fn reshape(element: &mut Element, variant: &str) {
    for child in &mut element.children {
        if let Node::Text(text) = child
            && let Some(letters) = shaped(text, variant)
        {
            *text = letters;
            element.attributes.math.remove(&MathAttribute::MathVariant);
        }
    }
}

/// What a table says of its columns and rows is said again at each cell: engines heed it there, by
/// the style sheet, and not at the table.
fn spread(table: &mut Element) {
    use MathAttribute as A;
    let mut taken = |attribute| {
        let value = table.attributes.math.remove(&attribute);
        value.map_or_else(Vec::new, |value: String| {
            value.split(' ').map(str::to_owned).collect()
        })
    };
    let aligned = taken(A::ColumnAlign);
    let gaps = taken(A::ColumnSpacing);
    let columns = taken(A::ColumnLines);
    let rows = taken(A::RowLines);
    for (row, cells) in elements(&mut table.children).enumerate() {
        for (column, cell) in elements(&mut cells.children).enumerate() {
            // The last of a list of columns holds for those that follow; lines are listed in full.
            let align = aligned.get(column).or(aligned.last());
            let gap = gaps.get(column).or(gaps.last());
            let said = [
                (A::ColumnAlign, align),
                (A::ColumnSpacing, gap),
                (A::ColumnLines, columns.get(column)),
                (A::RowLines, rows.get(row)),
            ];
            let said = said
                .into_iter()
                .filter_map(|(attribute, value)| Some((attribute, value?.clone())));
            cell.attributes.math.extend(said);
        }
    }
}

fn elements(nodes: &mut [Node]) -> impl Iterator<Item = &mut Element> {
    nodes.iter_mut().filter_map(|node| match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    })
}

/// `width="+0.6em" lspace="0.3em"` is space around something; increments are no longer MathML.
fn padding(written: &BTreeMap<String, String>) -> Option<(f64, f64)> {
    let width = em(written.get("width")?.strip_prefix('+')?)?;
    let before = em(written.get("lspace")?)?;
    Some((before, width - before))
}

fn em(length: &str) -> Option<f64> {
    let number = length.strip_suffix("em")?.parse::<f64>().ok()?;
    (0.0..=20.0).contains(&number).then_some(number)
}

fn tag(name: &str) -> Option<Tag> {
    Some(match name {
        "math" => Tag::Math,
        "mrow" => Tag::Mrow,
        "mi" => Tag::Mi,
        "mn" => Tag::Mn,
        "mo" => Tag::Mo,
        "mtext" => Tag::Mtext,
        "ms" => Tag::Ms,
        "mspace" => Tag::Mspace,
        "mfrac" => Tag::Mfrac,
        "msqrt" => Tag::Msqrt,
        "mroot" => Tag::Mroot,
        "mstyle" => Tag::Mstyle,
        "mpadded" => Tag::Mpadded,
        "mphantom" => Tag::Mphantom,
        "menclose" => Tag::Menclose,
        "msub" => Tag::Msub,
        "msup" => Tag::Msup,
        "msubsup" => Tag::Msubsup,
        "munder" => Tag::Munder,
        "mover" => Tag::Mover,
        "munderover" => Tag::Munderover,
        "mmultiscripts" => Tag::Mmultiscripts,
        "mprescripts" => Tag::Mprescripts,
        "mtable" => Tag::Mtable,
        "mtr" => Tag::Mtr,
        "mtd" => Tag::Mtd,
        _ => return None,
    })
}
