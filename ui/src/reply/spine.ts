// The page's elements as the document's operations know them: what is an element's content, and how many children it has.

import type { Attributes, Element as DocumentElement, Node as DocumentNode, Tag } from "../ipc";

/** What the page keeps about one element of the document. */
export interface Part {
  tag: Tag | "document";
  /** The element that stands in the document's tree; chrome may be around it. */
  outer: HTMLElement | MathMLElement;
  /** Where its children stand. */
  content: HTMLElement | MathMLElement;
  /** Its children, in order: parts and runs of text. */
  children: (Part | TextRun)[];
  attributes: Attributes;
  /** True inside a table's head: its cells are header cells. */
  head: boolean;
  /** Called when its attributes or children have changed. */
  changed?: () => void;
}

/** A text of the document: one text node, or several where it is long. */
export interface TextRun {
  nodes: Text[];
}

export function isPart(child: Part | TextRun | undefined): child is Part {
  return child !== undefined && "tag" in child;
}

export function isText(node: DocumentNode): node is string {
  return typeof node === "string";
}

/** The text of a document's element, without building it. */
export function textOf(node: DocumentNode): string {
  return isText(node) ? node : (node.children ?? []).map(textOf).join("");
}

/** The number of code lines of an element. */
export function lineCount(element: Pick<DocumentElement, "children">): number {
  return element.children?.length ?? 0;
}
