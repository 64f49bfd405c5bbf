//! The document: a closed set of node kinds. There is no HTML in it and no way to put some in.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeMap;

/// A node: text, which is only ever data, or an element with children.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(untagged)]
pub enum Node {
    /// Characters to show as they are.
    Text(String),
    /// An element of a kind from the closed set.
    Element(Element),
}

/// An element: its kind, what is set on it, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Element {
    /// What it is.
    pub tag: Tag,
    /// What is set on it.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    #[specta(optional)]
    pub attributes: Attributes,
    /// What is in it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[specta(optional)]
    pub children: Vec<Node>,
}

/// The kinds of elements.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "camelCase")]
pub enum Tag {
    /// A paragraph; in a list item too, where the list's `tight` says how far apart they stand.
    Paragraph,
    /// A heading of the first level.
    Heading1,
    /// A heading of the second level.
    Heading2,
    /// A heading of the third level.
    Heading3,
    /// A heading of the fourth level.
    Heading4,
    /// A heading of the fifth level.
    Heading5,
    /// A heading of the sixth level.
    Heading6,
    /// A block quote.
    Quote,
    /// A list with bullets; `tight` may be set.
    BulletList,
    /// A numbered list; `start` is its first number, `tight` may be set.
    OrderedList,
    /// An item of a list; `checked` makes it a task.
    Item,
    /// A code block; its children are [`Tag::CodeLine`]s. `language`, `ordinal`, `open`.
    CodeBlock,
    /// One line of code without its line break: text and tokens.
    CodeLine,
    /// A table: a head and a body. `ordinal`.
    Table,
    /// The head of a table: one row.
    TableHead,
    /// The body of a table: rows.
    TableBody,
    /// A row of cells.
    Row,
    /// A cell; `alignment` may be set. In the head it is a header cell.
    Cell,
    /// A thematic break.
    Rule,
    /// Emphasised text.
    Emphasis,
    /// Strongly emphasised text.
    Strong,
    /// Struck text.
    Strikethrough,
    /// Code in a line.
    Code,
    /// A link; `address` is set once it is known and has passed the gate.
    Link,
    /// A remote image that is not loaded; `address` and `host` are set, the children are its description.
    Image,
    /// A hard line break.
    LineBreak,
    /// A formula in a line: a [`Tag::Math`] once typeset, else its source as text. `open` while unfinished.
    InlineFormula,
    /// A formula on its own; likewise.
    BlockFormula,
    /// A reference to a footnote; `number`.
    FootnoteReference,
    /// A footnote's text; `number`.
    Footnote,
    /// A marker for a character that cannot be seen; its text names it, as in `U+202E`.
    HiddenCharacter,
    /// A token of code: a keyword.
    Keyword,
    /// A token of code: a string.
    String,
    /// A token of code: a number or a constant.
    Number,
    /// A token of code: a comment.
    Comment,
    /// A token of code: the name of a function.
    Function,
    /// A token of code: the name of a type.
    Type,
    /// A token of code: a variable, a property or a tag's attribute.
    Variable,
    /// A token of code: an operator or punctuation.
    Operator,
    /// The root of a formula; what follows are MathML's own elements.
    Math,
    /// MathML `mrow`.
    Mrow,
    /// MathML `mi`.
    Mi,
    /// MathML `mn`.
    Mn,
    /// MathML `mo`.
    Mo,
    /// MathML `mtext`.
    Mtext,
    /// MathML `ms`.
    Ms,
    /// MathML `mspace`.
    Mspace,
    /// MathML `mfrac`.
    Mfrac,
    /// MathML `msqrt`.
    Msqrt,
    /// MathML `mroot`.
    Mroot,
    /// MathML `mstyle`.
    Mstyle,
    /// MathML `merror`.
    Merror,
    /// MathML `mpadded`.
    Mpadded,
    /// MathML `mphantom`.
    Mphantom,
    /// MathML `menclose`.
    Menclose,
    /// MathML `msub`.
    Msub,
    /// MathML `msup`.
    Msup,
    /// MathML `msubsup`.
    Msubsup,
    /// MathML `munder`.
    Munder,
    /// MathML `mover`.
    Mover,
    /// MathML `munderover`.
    Munderover,
    /// MathML `mmultiscripts`.
    Mmultiscripts,
    /// MathML `mprescripts`.
    Mprescripts,
    /// MathML `mtable`.
    Mtable,
    /// MathML `mtr`.
    Mtr,
    /// MathML `mtd`.
    Mtd,
}

/// What may be set on an element. Each kind of element uses a few.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default, rename_all = "camelCase")]
pub struct Attributes {
    /// Where a link or an image points, written anew by the gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[specta(optional)]
    pub address: Option<String>,
    /// The host of an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[specta(optional)]
    pub host: Option<String>,
    /// The language a code block names, as written and at most 40 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[specta(optional)]
    pub language: Option<String>,
    /// Which code block or which table of the reply this is, counted apart from zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[specta(optional)]
    pub ordinal: Option<u32>,
    /// The first number of an ordered list, where it is not 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[specta(optional)]
    pub start: Option<u32>,
    /// The number of a footnote.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[specta(optional)]
    pub number: Option<u32>,
    /// How a cell is aligned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[specta(optional)]
    pub alignment: Option<Alignment>,
    /// Whether a task is done; absent where an item is no task.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[specta(optional)]
    pub checked: Option<bool>,
    /// Whether a list's items stand close.
    #[serde(skip_serializing_if = "is_false")]
    #[specta(optional)]
    pub tight: bool,
    /// Whether a code block or a formula has not ended yet.
    #[serde(skip_serializing_if = "is_false")]
    #[specta(optional)]
    pub open: bool,
    /// Presentation of a formula's part.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[specta(optional)]
    pub math: BTreeMap<MathAttribute, String>,
}

impl Attributes {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How a cell is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Alignment {
    /// At the start of the line.
    Left,
    /// In the middle.
    Center,
    /// At the end of the line.
    Right,
}

/// The MathML attributes that may be set; their names on the page are the same in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum MathAttribute {
    /// `block` or `inline`.
    Display,
    /// Whether fractions and limits are large.
    DisplayStyle,
    /// The depth of scripts.
    ScriptLevel,
    /// The letter shape of an identifier.
    MathVariant,
    /// A colour as `#rrggbb`.
    MathColor,
    /// A background colour as `#rrggbb`.
    MathBackground,
    /// A length in `em`.
    MathSize,
    /// Whether an operator grows.
    Stretchy,
    /// Whether an operator grows evenly about the axis.
    Symmetric,
    /// Whether an operator is a fence.
    Fence,
    /// Whether an operator separates.
    Separator,
    /// Whether an operator is large.
    LargeOp,
    /// Whether limits move beside the operator.
    MovableLimits,
    /// Space before an operator.
    LSpace,
    /// Space after an operator.
    RSpace,
    /// The least size of an operator.
    MinSize,
    /// The greatest size of an operator.
    MaxSize,
    /// Whether what is above is an accent.
    Accent,
    /// Whether what is below is an accent.
    AccentUnder,
    /// The thickness of a fraction's line.
    LineThickness,
    /// A width.
    Width,
    /// A height.
    Height,
    /// A depth.
    Depth,
    /// A vertical shift.
    VOffset,
    /// How a table's columns are aligned.
    ColumnAlign,
    /// Space between a table's columns.
    ColumnSpacing,
    /// Space between a table's rows.
    RowSpacing,
    /// Lines between a table's columns.
    ColumnLines,
    /// Lines between a table's rows.
    RowLines,
    /// How many columns a cell takes.
    ColumnSpan,
    /// What encloses.
    Notation,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}
