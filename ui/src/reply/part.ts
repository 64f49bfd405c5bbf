// What the page keeps of an element of the document: where it stands, where its children go, and which they are.

import type { Attributes, Element as DocumentElement, Node as DocumentNode, Tag } from "../ipc";
import type { Flow } from "./flow";
import type { ReplyHost } from "./host";

export interface Part {
  tag: Tag | "document";
  /** What stands in the parent: the element itself, or what is around it to use it with. */
  outer: Element;
  /** Where its children stand. */
  content: Element;
  /** Its children, in order: elements, and texts by their nodes. */
  children: (Part | Text[])[];
  /** Puts its children where they stand. */
  flow: Flow;
  attributes: Attributes;
  /** True inside a table's head: its cells are header cells. */
  head: boolean;
  /** Called when its attributes have changed. */
  changed?: () => void;
}

/** What the making of elements depends on. */
export interface Setting {
  host: ReplyHost;
  /** True while the reply is written before the reader's eyes: nothing is folded or moved then. */
  live: boolean;
}

export function isText(node: DocumentNode): node is string {
  return typeof node === "string";
}

/** The last child, where that is an element: the next step down the right spine. */
export function lastPart({ children }: Part): Part | null {
  const last = children.at(-1);
  return last === undefined || Array.isArray(last) ? null : last;
}

/** The first `length` characters of what an element says. */
export function beginningOf(element: DocumentElement, length: number): string {
  let text = "";
  for (const child of element.children ?? []) {
    text += isText(child) ? child.slice(0, length) : beginningOf(child, length - text.length);
    if (text.length >= length) break;
  }
  return text.slice(0, length);
}

/** All that an element says. */
export function textOf(nodes: DocumentNode[]): string {
  return nodes.map((node) => (isText(node) ? node : textOf(node.children ?? []))).join("");
}
