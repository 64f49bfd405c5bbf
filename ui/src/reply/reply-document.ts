// Applies the document's operations to the page, whose elements are the document.
//
// What stands left of the right spine is never touched, so a selection, the focus and the place of a screen reader survive,
// and the cost of a frame does not grow with the reply.

import type { Node as DocumentNode, Operation } from "../ipc";
import { appendNodes, appendText, build, keepChildren, setAttributes } from "./build";
import { Caret } from "./caret";
import { unfoldAround } from "./code-block";
import { element, wordAgain } from "./controls";
import { EndWatch } from "./end-watch";
import { Flow } from "./flow";
import { HeldLines } from "./held-lines";
import type { ReplyHost } from "./host";
import { listenToLinks } from "./link";
import { isText, lastPart, type Part, type Setting } from "./part";
import { keepingSelection } from "./selection";
import { fixColumns } from "./table-box";
import "./reply.css";
import "./code.css";
import "./table.css";
import "./image.css";

export type { ReplyHost } from "./host";

/** Blocks stand in groups of this many: styling and layout then walk past groups, not past every block. */
const groupSize = 16;

/** What looks different with other children, not with other attributes alone. */
const followsChildren: ReadonlySet<Part["tag"]> = new Set<Part["tag"]>(["codeLine", "blockFormula"]);

export class ReplyDocument {
  /** Where the reply is shown; may be moved and taken out at any time. */
  readonly element = element("div", "reply");
  /** Told how many blocks there are whenever that may have changed. */
  ongrow: ((blocks: number) => void) | null = null;

  #setting: Setting;
  #root: Part = { tag: "document", outer: this.element, content: this.element, children: [], attributes: {}, head: false, flow: new Flow(this.element, false) };
  #groups: HTMLElement[] = [];
  #caret = new Caret();
  #held = new HeldLines();
  #waiting: Operation[] = [];
  #frame: number | null = null;
  #streaming = false;
  #end = new EndWatch(this.element);

  constructor(host: ReplyHost) {
    this.#setting = { host, live: true };
    listenToLinks(this.element, host);
  }

  get empty(): boolean {
    return this.#root.children.length === 0;
  }

  /** While a reply is written a caret stands at its end, and its finished groups are laid out only where they are seen. */
  set streaming(on: boolean) {
    if (on === this.#streaming) return;
    this.flush();
    this.#streaming = on;
    this.element.classList.toggle("streaming", on);
    if (on) {
      this.#caret.follow(this.#root);
      this.#watchEnd();
    } else {
      this.#caret.leave();
      this.#end.leave();
    }
  }

  /** Applies operations now when this frame is still free, else with the next one. */
  apply(operations: Operation[]): void {
    for (const operation of operations) this.#waiting.push(operation);
    if (this.#frame !== null) return;
    this.#commit();
    this.#nextFrame();
  }

  /** Shows these blocks in place of everything. */
  show(blocks: DocumentNode[]): void {
    this.#stop();
    // What comes as history may be folded; what is being written may not.
    this.#setting.live = this.#streaming;
    keepingSelection(this.element, () => this.#putBlocks(0, blocks));
    this.#setting.live = true;
    this.#follow();
  }

  /** Applies what waits. For the end of a reply and for pages that are not visible. */
  flush(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    this.#commit();
  }

  /** Shows nothing more. */
  close(): void {
    this.#stop();
    this.#held.close();
    this.#end.leave();
  }

  /** Opens whatever hides `node`, so that it can be scrolled to. */
  reveal(node: Node): void {
    unfoldAround(node);
  }

  /** Says everything around the reply's own words in the language of the page. */
  word(): void {
    wordAgain(this.element);
  }

  #stop(): void {
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
    this.#follow();
  }

  #follow(): void {
    if (this.#streaming) this.#caret.follow(this.#root);
    this.ongrow?.(this.#root.children.length);
  }

  #applyOne(operation: Operation): void {
    switch (operation.operation) {
      case "text":
        return this.#at(operation.depth, (part) => appendText(part, operation.text));
      case "children":
        return this.#at(operation.depth, (part) => this.#putChildren(part, operation.keep, operation.nodes));
      case "attributes":
        return this.#at(operation.depth, (part) => setAttributes(part, operation.attributes));
      case "repair":
        return this.#repair(operation.block, operation.node);
      case "commit":
        return;
    }
  }

  /** Goes down the right spine. A step that is not there means that an event was lost: the session then asks for a snapshot. */
  #at(depth: number, change: (part: Part) => void): void {
    let part = this.#root;
    for (let step = 0; step < depth; step += 1) {
      const next = lastPart(part);
      if (next === null) return;
      part = next;
      if (part.tag === "table") fixColumns(part);
    }
    this.#held.release(part);
    change(part);
  }

  #putChildren(part: Part, keep: number, nodes: DocumentNode[]): void {
    if (this.#held.hold(part, keep, nodes, () => this.#replaceChildren(part, 0, nodes))) return;
    if (keep >= part.children.length) this.#replaceChildren(part, keep, nodes);
    else keepingSelection(part.content, () => this.#replaceChildren(part, keep, nodes));
  }

  #replaceChildren(part: Part, keep: number, nodes: DocumentNode[]): void {
    if (part === this.#root) return this.#putBlocks(keep, nodes);
    keepChildren(part, keep);
    appendNodes(part, nodes, this.#setting);
    if (followsChildren.has(part.tag)) part.changed?.();
  }

  #putBlocks(keep: number, blocks: DocumentNode[]): void {
    keepChildren(this.#root, keep);
    const groups = Math.ceil(this.#root.children.length / groupSize);
    for (const group of this.#groups.splice(groups)) group.remove();
    for (const node of blocks) {
      if (isText(node)) continue;
      const part = build(node, this.#root, this.#setting);
      const index = this.#root.children.push(part) - 1;
      this.#group(Math.floor(index / groupSize)).append(part.outer);
    }
    this.#watchEnd();
  }

  #group(index: number): HTMLElement {
    const known = this.#groups[index];
    if (known !== undefined) return known;
    const group = element("section", "group");
    this.#groups.push(group);
    this.element.append(group);
    return group;
  }

  #repair(block: number, node: DocumentNode): void {
    const before = this.#root.children[block];
    if (before === undefined || Array.isArray(before) || isText(node)) return;
    const part = build(node, this.#root, this.#setting);
    keepingSelection(before.outer.parentElement ?? this.element, () => before.outer.replaceWith(part.outer));
    this.#root.children[block] = part;
  }

  #watchEnd(): void {
    const last = this.#groups.at(-1);
    if (this.#streaming && last !== undefined) this.#end.follow(last);
  }
}
