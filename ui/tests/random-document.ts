// Random documents and random changes of them, as Rust could send them.

import type { Attributes, Element as DocumentElement, MathAttribute, Node as DocumentNode, Operation, Tag } from "../src/ipc";
import { elementAt } from "./document-model";

const words = ["word ", "字", "千问", "<b>", "\n", "😀", "نص", "&amp;", "  ", "a".repeat(3_000), "漢".repeat(9_500)];
const inlineTags: Tag[] = ["emphasis", "strong", "strikethrough", "code", "link", "image", "lineBreak", "inlineFormula", "footnoteReference", "hiddenCharacter"];
const blockTags: Tag[] = ["paragraph", "heading1", "heading3", "heading6", "quote", "bulletList", "orderedList", "codeBlock", "table", "rule", "blockFormula", "footnote"];
const tokens: Tag[] = ["keyword", "string", "number", "comment", "function", "type", "variable", "operator", "hiddenCharacter"];

/** Makes random things from a source of random numbers: `pick(n)` is one of 0 to n - 1. */
export class RandomDocument {
  #pick: (below: number) => number;

  constructor(pick: (below: number) => number) {
    this.#pick = pick;
  }

  blocks(most: number): DocumentNode[] {
    return this.#several(most, () => this.block(2));
  }

  block(depth: number): DocumentElement {
    const tag = this.#one(depth > 0 ? blockTags : (["paragraph", "codeBlock", "rule"] satisfies Tag[]));
    return this.#element(tag, depth);
  }

  /** A change of `blocks` that Rust could send. */
  operation(blocks: DocumentNode[]): Operation {
    const depth = this.#pick(this.#deepest(blocks) + 1);
    const element = elementAt(blocks, depth);
    const children = depth === 0 ? blocks : (element?.children ?? []);
    const kind = this.#pick(8);
    if (kind < 3 && typeof children.at(-1) === "string") return { operation: "text", depth, text: this.#one(words) };
    if (kind === 3 && element !== null) return { operation: "attributes", depth, attributes: this.#attributes(element.tag) };
    if (kind === 4 && blocks.length > 0) return { operation: "repair", block: this.#pick(blocks.length), node: this.block(2) };
    if (kind === 5) return { operation: "commit", blocks: this.#pick(blocks.length + 1) };
    const keep = children.length - this.#pick(Math.min(3, children.length + 1));
    return { operation: "children", depth, keep, nodes: element === null ? this.blocks(3) : this.#childrenOf(element.tag, 1) };
  }

  #deepest(blocks: DocumentNode[]): number {
    let depth = 0;
    while (elementAt(blocks, depth + 1) !== null) depth += 1;
    return depth;
  }

  #element(tag: Tag, depth: number): DocumentElement {
    const children = this.#childrenOf(tag, depth);
    return { tag, attributes: this.#attributes(tag), ...(children.length > 0 ? { children } : {}) };
  }

  #childrenOf(tag: Tag, depth: number): DocumentNode[] {
    // A token of code holds text and nothing else.
    if (tokens.includes(tag)) return [this.#one(words)];
    switch (tag) {
      case "rule":
      case "lineBreak":
      case "footnoteReference":
        return [];
      case "quote":
      case "item":
      case "footnote":
        return this.#several(3, () => this.block(depth - 1));
      case "bulletList":
      case "orderedList":
        return this.#several(4, () => this.#element("item", depth - 1));
      case "codeBlock":
        return this.#several(5, () => this.#element("codeLine", 0));
      case "codeLine":
        return this.#several(4, () => (this.#pick(2) === 0 ? this.#one(words) : { tag: this.#one(tokens), children: [this.#one(words)] }));
      case "table":
        return [this.#element("tableHead", 1), this.#element("tableBody", 1)];
      case "tableHead":
      case "tableBody":
        return this.#several(3, () => this.#element("row", 1));
      case "row":
        return this.#several(4, () => this.#element("cell", 1));
      case "inlineFormula":
      case "blockFormula":
        return this.#pick(2) === 0 ? [this.#one(words)] : [{ tag: "math", attributes: this.#attributes("math"), children: this.#several(3, () => this.#element("mrow", 0)) }];
      case "mrow":
        return this.#several(3, () => ({ tag: this.#one(["mi", "mn", "mo"] satisfies Tag[]), children: [this.#one(words)] }));
      case "image":
      case "code":
        return [this.#one(words)];
      default:
        return this.#several(4, () => this.#inline(depth));
    }
  }

  #inline(depth: number): DocumentNode {
    return depth <= 0 || this.#pick(3) > 0 ? this.#one(words) : this.#element(this.#one(inlineTags), depth - 1);
  }

  #attributes(tag: Tag): Attributes {
    const maybe = (attributes: Attributes): Attributes => (this.#pick(3) === 0 ? {} : attributes);
    switch (tag) {
      case "orderedList":
        return maybe({ start: this.#pick(40), tight: this.#pick(2) === 0 });
      case "bulletList":
        return maybe({ tight: true });
      case "cell":
        return maybe({ alignment: this.#one(["left", "center", "right"] as const) });
      case "item":
        return maybe({ checked: this.#pick(2) === 0 });
      case "codeBlock":
        return { ordinal: this.#pick(5), open: this.#pick(2) === 0, ...maybe({ language: this.#one(["rust", "<script>", "文本"]) }) };
      case "table":
        return { ordinal: this.#pick(5) };
      case "link":
        return maybe({ address: "https://example.com/" });
      case "image":
        return { address: "https://example.com/a.png", host: "example.com" };
      case "footnote":
      case "footnoteReference":
        return { number: this.#pick(9) };
      case "math":
        return { math: { display: "block", ["onclick" as MathAttribute]: "x" } };
      default:
        return {};
    }
  }

  #several<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.#pick(most + 1) }, make);
  }

  #one<T>(choices: readonly T[]): T {
    const chosen = choices[this.#pick(choices.length)];
    if (chosen === undefined) throw new Error("nothing to choose from");
    return chosen;
  }
}
