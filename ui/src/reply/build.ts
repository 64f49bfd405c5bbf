// Makes the page's elements for nodes of the document: from the closed vocabulary, with text as text.

import type { Attributes, Node as DocumentNode } from "../ipc";
import { dressCode } from "./code-block";
import { dressFootnoteReference } from "./footnote";
import { dressImage } from "./image-card";
import { languageWindow, setLanguage } from "./language";
import { dressLink } from "./link";
import type { ReplyHost } from "./host";
import { isText, textOf, type Part, type TextRun } from "./spine";
import { dressTable } from "./table";
import { dressTask } from "./task";
import { isMath, mathAttributes, shapes } from "./vocabulary";

const mathNamespace = "http://www.w3.org/1998/Math/MathML";
/** A text node is closed at this many UTF-16 units: appending copies the node's data. */
const nodeLimit = 2_048;
/** Elements whose first words have decided their language: their text is not read again. */
const settled = new WeakSet<Part>();

/** Appends nodes of the document to `parent`. */
export function appendNodes(parent: Part, nodes: DocumentNode[], host: ReplyHost): void {
  for (const node of nodes) {
    if (isText(node)) parent.children.push(appendRun(parent, node));
    else {
      const part = build(node, parent, host);
      parent.children.push(part);
      parent.content.append(part.outer);
    }
  }
}

/** Makes one element with everything in it. */
export function build(node: Exclude<DocumentNode, string>, parent: Pick<Part, "head" | "tag">, host: ReplyHost): Part {
  const head = node.tag === "tableHead" || parent.head;
  const element = createElement(node, head);
  const part: Part = { tag: node.tag, outer: element, content: element, children: [], attributes: {}, head };
  dress(part, host);
  appendNodes(part, node.children ?? [], host);
  setAttributes(part, node.attributes ?? {});
  if (element instanceof HTMLElement && element.dir === "auto") setLanguage(element, textOf(node).slice(0, languageWindow));
  return part;
}

function createElement(node: Exclude<DocumentNode, string>, head: boolean): HTMLElement | MathMLElement {
  if (isMath(node.tag)) return document.createElementNS(mathNamespace, node.tag);
  const shape = shapes[node.tag];
  const element = document.createElement(node.tag === "cell" && head ? "th" : shape.name);
  if (shape.class !== undefined) element.className = shape.class;
  if (shape.text === true) element.dir = "auto";
  if (node.tag === "cell" && head) element.setAttribute("scope", "col");
  return element;
}

/** Puts around or beside an element what a person uses it with. */
function dress(part: Part, host: ReplyHost): void {
  switch (part.tag) {
    case "codeBlock":
      return dressCode(part, host);
    case "table":
      return dressTable(part, host);
    case "image":
      return dressImage(part, host);
    case "link":
      return dressLink(part);
    case "item":
      return dressTask(part);
    case "footnoteReference":
      return dressFootnoteReference(part);
    default:
  }
}

/** Makes `attributes` hold on an element; each kind of element uses a few of them. */
export function setAttributes(part: Part, attributes: Attributes): void {
  part.attributes = attributes;
  const { outer } = part;
  if (part.tag === "orderedList") {
    if (attributes.start == null) outer.removeAttribute("start");
    else outer.setAttribute("start", String(attributes.start));
  } else if (part.tag === "cell") {
    outer.classList.remove("left", "center", "right");
    if (attributes.alignment != null) outer.classList.add(attributes.alignment);
  }
  if (part.tag === "footnote" && outer instanceof HTMLElement) outer.dataset["number"] = String(attributes.number ?? "");
  outer.classList.toggle("tight", attributes.tight === true);
  if (outer instanceof MathMLElement || isMathPart(part)) {
    for (const [name, value] of Object.entries(attributes.math ?? {})) {
      if (mathAttributes.has(name as never)) outer.setAttribute(name, value);
    }
  }
  part.changed?.();
}

function isMathPart(part: Part): boolean {
  return part.tag !== "document" && isMath(part.tag);
}

/** Appends to the text that is the last child of `part`. */
export function appendText(part: Part, text: string): void {
  const last = part.children.at(-1);
  if (last === undefined || "tag" in last) {
    part.children.push(appendRun(part, text));
    return;
  }
  grow(part, last, text);
  if (!settled.has(part)) settleLanguage(part);
}

function appendRun(parent: Part, text: string): TextRun {
  const run: TextRun = { nodes: [] };
  grow(parent, run, text);
  return run;
}

function grow(parent: Part, run: TextRun, text: string): void {
  for (let rest = text; rest !== ""; ) {
    const last = run.nodes.at(-1);
    const room = last === undefined ? 0 : nodeLimit - last.length;
    const fits = cutBefore(rest, room > 0 ? room : nodeLimit);
    const piece = rest.slice(0, fits);
    rest = rest.slice(fits);
    if (last !== undefined && room > 0) last.appendData(piece);
    else {
      const node = document.createTextNode(piece);
      run.nodes.push(node);
      parent.content.append(node);
    }
    if (fits === 0) break;
  }
}

function settleLanguage(part: Part): void {
  const block = part.content;
  const text = block.textContent;
  if (text.length > languageWindow) settled.add(part);
  else if (block instanceof HTMLElement && block.dir === "auto") setLanguage(block, text);
}

/** How much of `text` goes into `room` units without cutting a surrogate pair; at least one character. */
function cutBefore(text: string, room: number): number {
  if (text.length <= room) return text.length;
  const last = text.charCodeAt(room - 1);
  return last >= 0xd800 && last <= 0xdbff ? Math.max(room - 1, 2) : room;
}

/** Removes the children of `part` after the first `keep`. */
export function keepChildren(part: Part, keep: number): void {
  while (part.children.length > keep) {
    const child = part.children.pop();
    if (child === undefined) return;
    if ("tag" in child) child.outer.remove();
    else for (const node of child.nodes) node.remove();
  }
}
