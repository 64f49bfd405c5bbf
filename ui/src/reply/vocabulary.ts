// What each kind of node is in the page. Nothing outside this table is ever made.

import type { MathAttribute, Tag } from "../ipc";

interface Shape {
  /** The element's name. */
  name: string;
  /** Its class, where the name does not say enough. */
  class?: string;
  /** Whether its text decides direction and language. */
  text?: true;
}

const token = (name: string): Shape => ({ name: "span", class: `token ${name}` });

export const shapes: Record<Exclude<Tag, MathTag>, Shape> = {
  paragraph: { name: "p", text: true },
  heading1: { name: "h3", class: "level1", text: true },
  heading2: { name: "h4", class: "level2", text: true },
  heading3: { name: "h5", class: "level3", text: true },
  heading4: { name: "h6", class: "level4", text: true },
  heading5: { name: "h6", class: "level5", text: true },
  heading6: { name: "h6", class: "level6", text: true },
  quote: { name: "blockquote" },
  bulletList: { name: "ul" },
  orderedList: { name: "ol" },
  item: { name: "li" },
  codeBlock: { name: "code" },
  codeLine: { name: "span", class: "code-line" },
  table: { name: "table" },
  tableHead: { name: "thead" },
  tableBody: { name: "tbody" },
  row: { name: "tr" },
  cell: { name: "td", text: true },
  rule: { name: "hr" },
  emphasis: { name: "em" },
  strong: { name: "strong" },
  strikethrough: { name: "del" },
  code: { name: "code", class: "inline" },
  link: { name: "a", class: "link" },
  image: { name: "span", class: "description" },
  lineBreak: { name: "br" },
  inlineFormula: { name: "span", class: "formula" },
  blockFormula: { name: "div", class: "formula-block" },
  footnoteReference: { name: "sup", class: "footnote-reference" },
  footnote: { name: "div", class: "note" },
  hiddenCharacter: { name: "span", class: "hidden-character" },
  keyword: token("keyword"),
  string: token("string"),
  number: token("number"),
  comment: token("comment"),
  function: token("function"),
  type: token("type"),
  variable: token("variable"),
  operator: token("operator"),
};

const mathTags = [
  "math", "mrow", "mi", "mn", "mo", "mtext", "ms", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "merror", "mpadded",
  "mphantom", "menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts",
  "mtable", "mtr", "mtd",
] as const;
export type MathTag = (typeof mathTags)[number];

const mathNames: ReadonlySet<string> = new Set(mathTags);

/** What a kind of element looks like. A kind that is not in the table is nothing but its text. */
export function shapeOf(tag: Exclude<Tag, MathTag>): Shape {
  return Object.hasOwn(shapes, tag) ? shapes[tag] : { name: "span" };
}

export function isMath(tag: Tag): tag is MathTag {
  return mathNames.has(tag);
}

/** The elements that the caret stands in: the last one of them on the way to the end. */
export const linesOfText: ReadonlySet<Tag | "document"> = new Set<Tag>([
  "paragraph", "heading1", "heading2", "heading3", "heading4", "heading5", "heading6", "cell", "codeLine", "item",
]);

/** The elements whose words go on in pieces where there are more than in any prose. */
export const inPieces: ReadonlySet<Tag> = new Set<Tag>(["paragraph", "codeLine"]);

/** The MathML attributes that are passed on; all others are dropped. */
export const mathAttributes = new Set<MathAttribute>([
  "display", "displaystyle", "scriptlevel", "mathvariant", "mathcolor", "mathbackground", "mathsize", "stretchy", "symmetric",
  "fence", "separator", "largeop", "movablelimits", "lspace", "rspace", "minsize", "maxsize", "accent", "accentunder",
  "linethickness", "width", "height", "depth", "voffset", "columnalign", "columnspacing", "rowspacing", "columnlines",
  "rowlines", "columnspan", "notation",
]);
