// Applies the document's operations to the page. The page's elements are the document: there is no second copy.
//
// What stands left of the right spine is never touched, so a selection, the focus and the place of a screen reader survive,
// and the cost of a frame does not grow with the reply.

import type { Node as DocumentNode, Operation } from "../ipc";
import { appendNodes, appendText, build, keepChildren, setAttributes } from "./build";
import { element } from "./chrome";
import type { ReplyHost } from "./host";
import { listenToLinks } from "./link";
import { isPart, isText, type Part } from "./spine";
import { fixColumns } from "./table";

/** Blocks stand in groups of this many: styling and layout then walk past groups, not past every block. */
const groupSize = 16;

export class ReplyDocument {
  /** Where the reply is shown; may be moved and taken out at any time. */
  readonly element = element("div", "reply");
  /** Told how many blocks there are whenever that may have changed. */
  ongrow: ((blocks: number) => void) | null = null;

  #host: ReplyHost;
  #root: Part;
  #groups: HTMLElement[] = [];
  #waiting: Operation[] = [];
  #frame: number | null = null;

  constructor(host: ReplyHost) {
    this.#host = host;
    this.#root = { tag: "document", outer: this.element, content: this.element, children: [], attributes: {}, head: false };
    listenToLinks(this.element, host);
  }

  get empty(): boolean {
    return this.#root.children.length === 0;
  }

  /** While a reply is written its finished groups are laid out only where they are seen, and a caret stands at its end. */
  set streaming(on: boolean) {
    this.element.classList.toggle("streaming", on);
  }

  /** Applies operations now when this frame is still free, else with the next one. */
  apply(operations: Operation[]): void {
    this.#waiting.push(...operations);
    if (this.#frame !== null) return;
    this.#commit();
    this.#nextFrame();
  }

  /** Shows these blocks in place of everything. */
  show(blocks: DocumentNode[]): void {
    this.close();
    this.#keepBlocks(0);
    this.#appendBlocks(blocks);
    this.ongrow?.(this.#root.children.length);
  }

  /** Applies what waits. For the end of a reply and for pages that are not visible. */
  flush(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    this.#commit();
  }

  /** Applies nothing more. */
  close(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    this.#waiting = [];
  }

  #nextFrame(): void {
    this.#frame = requestAnimationFrame(() => {
      this.#frame = null;
      if (this.#waiting.length === 0) return;
      this.#commit();
      this.#nextFrame();
    });
  }

  #commit(): void {
    if (this.#waiting.length === 0) return;
    const operations = this.#waiting;
    this.#waiting = [];
    for (const operation of operations) this.#applyOne(operation);
    this.ongrow?.(this.#root.children.length);
  }

  #applyOne(operation: Operation): void {
    switch (operation.operation) {
      case "text":
        return this.#at(operation.depth, (part) => appendText(part, operation.text));
      case "children":
        if (operation.depth === 0) {
          this.#keepBlocks(operation.keep);
          this.#appendBlocks(operation.nodes);
          return;
        }
        return this.#at(operation.depth, (part) => {
          keepChildren(part, operation.keep);
          appendNodes(part, operation.nodes, this.#host);
        });
      case "attributes":
        return this.#at(operation.depth, (part) => setAttributes(part, operation.attributes));
      case "repair":
        return this.#repair(operation.block, operation.node);
      case "commit":
        return;
    }
  }

  /** Goes down the right spine. A step that is not there means that an event was lost: the session asks for a snapshot then. */
  #at(depth: number, change: (part: Part) => void): void {
    let part = this.#root;
    for (let step = 0; step < depth; step += 1) {
      const next = part.children.findLast(isPart);
      if (next === undefined) return;
      part = next;
      if (part.tag === "table") fixColumns(part);
    }
    change(part);
  }

  #appendBlocks(blocks: DocumentNode[]): void {
    for (const node of blocks) {
      if (isText(node)) continue;
      const part = build(node, this.#root, this.#host);
      const index = this.#root.children.push(part) - 1;
      this.#group(Math.floor(index / groupSize)).append(part.outer);
    }
  }

  #group(index: number): HTMLElement {
    const known = this.#groups[index];
    if (known !== undefined) return known;
    const group = element("section", "group");
    this.#groups.push(group);
    this.element.append(group);
    return group;
  }

  #keepBlocks(keep: number): void {
    keepChildren(this.#root, keep);
    const groups = Math.ceil(keep / groupSize);
    for (const group of this.#groups.splice(groups)) group.remove();
  }

  #repair(block: number, node: DocumentNode): void {
    const before = this.#root.children[block];
    if (!isPart(before) || isText(node)) return;
    const part = build(node, this.#root, this.#host);
    before.outer.replaceWith(part.outer);
    this.#root.children[block] = part;
  }
}
