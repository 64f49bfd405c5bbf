// The document as Rust keeps it: applies operations to plain data, and reads the page back into the same data.

import type { Attributes, Element as DocumentElement, Node as DocumentNode, Operation, Tag } from "../src/ipc";
import { shapes } from "../src/reply/vocabulary";

/** Applies operations as Rust does; one that names a place that is not there does nothing. */
export function applyToModel(blocks: DocumentNode[], operations: Operation[]): void {
  for (const operation of operations) {
    if (operation.operation === "commit") continue;
    if (operation.operation === "repair") {
      if (operation.block < blocks.length) blocks[operation.block] = structuredClone(operation.node);
      continue;
    }
    const element = elementAt(blocks, operation.depth);
    const children = operation.depth === 0 ? blocks : element === null ? null : (element.children ??= []);
    if (children === null) continue;
    if (operation.operation === "text") {
      const last = children.at(-1);
      if (typeof last === "string") children[children.length - 1] = last + operation.text;
    } else if (operation.operation === "children") children.splice(operation.keep, children.length, ...structuredClone(operation.nodes));
    else if (element !== null) element.attributes = structuredClone(operation.attributes);
  }
}

export function elementAt(blocks: DocumentNode[], depth: number): DocumentElement | null {
  let element: DocumentElement | null = null;
  for (let step = 0; step < depth; step += 1) {
    const last: DocumentNode | undefined = (element === null ? blocks : (element.children ?? [])).at(-1);
    if (last === undefined || typeof last === "string") return null;
    element = last;
  }
  return element;
}

/** What can be compared: neighbouring texts as one, and of the attributes those that the page shows. */
export type Read = string | { tag: Tag; shown: string; children: Read[] };

export function readModel(nodes: DocumentNode[], head = false): Read[] {
  return merged(
    nodes.map((node) => {
      if (typeof node === "string") return node;
      const header = head || node.tag === "tableHead";
      return { tag: node.tag, shown: shownAttributes(node.tag, node.attributes ?? {}), children: readModel(node.children ?? [], header) };
    }),
  );
}

function shownAttributes(tag: Tag, attributes: Attributes): string {
  switch (tag) {
    case "orderedList":
      return `${String(attributes.start ?? "")} ${String(attributes.tight === true)}`;
    case "bulletList":
      return String(attributes.tight === true);
    case "cell":
      return attributes.alignment ?? "";
    case "item":
      return String(attributes.checked ?? "");
    case "codeBlock":
      return attributes.language ?? "Text";
    case "image":
      return attributes.host ?? "";
    case "footnote":
    case "footnoteReference":
      return String(attributes.number ?? (tag === "footnote" ? "" : 0));
    default:
      return "";
  }
}

export function readPage(reply: Element): Read[] {
  return [...reply.querySelectorAll(":scope > section")].flatMap((group) => readChildren(group));
}

function readChildren(element: Element): Read[] {
  return merged([...element.childNodes].flatMap(readNode));
}

function readNode(node: Node): Read[] {
  if (node instanceof Text) return [node.data];
  if (!(node instanceof Element) || node.hasAttribute("data-chrome")) return [];
  if (node.classList.contains("piece")) return readChildren(node);
  if (node.localName === "br" && node.closest(".code-line") !== null) return [];
  const content = contentOf(node);
  const tag = tagOf(content);
  return [{ tag, shown: shownByPage(tag, node, content), children: readChildren(content) }];
}

/** The document's element inside of what stands around it. */
function contentOf(node: Element): Element {
  const inside = { "code-block": "code", "table-block": "table", "image-card": ".description", footnote: ".note", "formula-box": ".formula-block" }[node.className.split(" ")[0] ?? ""];
  return (inside === undefined ? null : node.querySelector(inside)) ?? node;
}

function tagOf(element: Element): Tag {
  if (element.namespaceURI === "http://www.w3.org/1998/Math/MathML") return element.localName as Tag;
  const name = element.localName === "th" ? "td" : element.localName;
  const known = Object.entries(shapes).filter(([, shape]) => shape.name === name && (shape.class ?? "").split(" ").every((part) => part === "" || element.classList.contains(part)));
  const found = known.find(([, shape]) => shape.class !== undefined) ?? known[0];
  if (found === undefined) throw new Error(`unknown element ${element.localName}.${element.className}`);
  return found[0] as Tag;
}

function shownByPage(tag: Tag, outer: Element, content: Element): string {
  switch (tag) {
    case "orderedList":
      return `${content.getAttribute("start") ?? ""} ${String(content.classList.contains("tight"))}`;
    case "bulletList":
      return String(content.classList.contains("tight"));
    case "cell":
      return ["left", "center", "right"].find((name) => content.classList.contains(name)) ?? "";
    case "item":
      return content.querySelector(":scope > .box")?.getAttribute("aria-checked") ?? "";
    case "codeBlock":
      return outer.querySelector(".language")?.textContent ?? "";
    case "image":
      return outer.querySelector(".host")?.textContent ?? "";
    case "footnote":
      return outer.querySelector(".number")?.textContent ?? "";
    case "footnoteReference":
      return content.querySelector("button")?.textContent ?? "";
    default:
      return "";
  }
}

function merged(nodes: Read[]): Read[] {
  const all: Read[] = [];
  for (const node of nodes) {
    const last = all.at(-1);
    if (typeof node === "string" && typeof last === "string") all[all.length - 1] = last + node;
    else if (node !== "") all.push(node);
  }
  return all;
}
