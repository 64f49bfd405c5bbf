// Makes the page's elements for nodes of the document: from the closed vocabulary, with text as text.

import type { Attributes, Element as DocumentElement, Node as DocumentNode } from "../ipc";
import { dressCode, dressCodeLine } from "./code-block";
import { Flow } from "./flow";
import { dressFootnote, dressReference } from "./footnote";
import { dressBlockFormula, watchLine } from "./formula";
import { dressImage } from "./image-card";
import { languageWindow, setLanguage } from "./language";
import { dressLink } from "./link";
import { beginningOf, isText, type Part, type Setting } from "./part";
import { dressTable } from "./table-box";
import { dressTask } from "./task";
import { inPieces, isMath, mathAttributes, shapeOf } from "./vocabulary";

const mathNamespace = "http://www.w3.org/1998/Math/MathML";
const nothing: Attributes = {};

/** What is made with more than a plain element. */
const dressed = new Map<Part["tag"], (part: Part, setting: Setting) => void>([
  ["codeBlock", dressCode],
  ["codeLine", dressCodeLine],
  ["table", dressTable],
  ["image", dressImage],
  ["link", dressLink],
  ["item", dressTask],
  ["blockFormula", dressBlockFormula],
  ["footnoteReference", dressReference],
  ["footnote", dressFootnote],
]);

/** Appends nodes of the document to `parent`. */
export function appendNodes(parent: Part, nodes: DocumentNode[], setting: Setting): void {
  for (const node of nodes) {
    if (isText(node)) {
      const text: Text[] = [];
      parent.children.push(text);
      parent.flow.text(text, node);
    } else {
      const part = build(node, parent, setting);
      parent.children.push(part);
      parent.flow.element(part.outer);
      if (part.tag === "inlineFormula") watchLine(part.outer);
    }
  }
}

/** Makes one element with everything in it. */
export function build(node: DocumentElement, parent: Part, setting: Setting): Part {
  const { tag } = node;
  const head = parent.head || tag === "tableHead";
  const content = createElement(tag, head);
  const part: Part = { tag, outer: content, content, children: [], attributes: nothing, head, flow: new Flow(content, inPieces.has(tag)) };
  dressed.get(tag)?.(part, setting);
  if (node.children !== undefined) appendNodes(part, node.children, setting);
  setAttributes(part, node.attributes ?? nothing);
  if (content instanceof HTMLElement && decidesLanguage(part)) setLanguage(content, beginningOf(node, languageWindow));
  return part;
}

/** Stressed words too: what is slanted in Latin letters is dotted in Chinese ones. */
function decidesLanguage({ tag, content }: Part): boolean {
  return tag === "emphasis" || (content as HTMLElement).dir === "auto";
}

function createElement(tag: DocumentElement["tag"], head: boolean): Element {
  if (isMath(tag)) return document.createElementNS(mathNamespace, tag);
  const shape = shapeOf(tag);
  const header = tag === "cell" && head;
  const made = document.createElement(header ? "th" : shape.name);
  if (shape.class !== undefined) made.className = shape.class;
  if (shape.text === true) made.dir = "auto";
  if (header) made.setAttribute("scope", "col");
  return made;
}

/** Makes `attributes` hold on an element; each kind of element uses a few of them. */
export function setAttributes(part: Part, attributes: Attributes): void {
  const { content, attributes: before, tag } = part;
  if (attributes === before && part.changed === undefined) return;
  part.attributes = attributes;
  if (tag === "orderedList") setStart(content, attributes.start);
  if (tag === "orderedList" || tag === "bulletList") content.classList.toggle("tight", attributes.tight === true);
  else if (tag === "cell") setAlignment(content, attributes.alignment);
  else if (attributes.math !== undefined && tag !== "document" && isMath(tag)) setMath(content, attributes.math);
  part.changed?.();
}

function setStart(list: Element, start: Attributes["start"]): void {
  if (start == null) list.removeAttribute("start");
  else list.setAttribute("start", String(start));
}

function setAlignment(cell: Element, alignment: Attributes["alignment"]): void {
  cell.classList.remove("left", "center", "right");
  if (alignment != null) cell.classList.add(alignment);
}

function setMath(content: Element, values: NonNullable<Attributes["math"]>): void {
  for (const name of mathAttributes) {
    const value = values[name];
    if (value !== undefined) content.setAttribute(name, value);
  }
}

/** Appends to the text that is the last child of `part`. */
export function appendText(part: Part, text: string): void {
  const last = part.children.at(-1);
  if (Array.isArray(last)) part.flow.text(last, text);
}

/** Removes the children of `part` after the first `keep`. */
export function keepChildren(part: Part, keep: number): void {
  const dropped = part.children.splice(keep);
  if (dropped.length === 0) return;
  for (const child of dropped) {
    if (Array.isArray(child)) for (const node of child) node.remove();
    else child.outer.remove();
  }
  part.flow.shrunk();
}
