// Puts reply text into the page: paragraphs of text nodes, appended at flat cost, at most once a frame.
//
// What stands is never touched again, so a selection survives and the cost per piece does not grow with the reply.

import { cutBefore } from "./flow";
import { languageWindow, setLanguage } from "./language";

/** A text node is closed at this many UTF-16 units: appending copies the node's data. */
const nodeLimit = 2_048;
/** A paragraph is continued in a new element after this many units, at a line's end: layout works per block. */
const blockLimit = 4_096;
/** Paragraphs stand in groups of this many: placing a new one then walks past groups, not past every paragraph. */
const groupLimit = 24;

export class PlainText {
  #container: HTMLElement;
  #onGrow: (paragraphs: number) => void;
  #group: HTMLElement | null = null;
  #block: HTMLParagraphElement | null = null;
  #blockLength = 0;
  #node: Text | null = null;
  /** Line breaks seen but not shown yet: they decide between a line and a paragraph. */
  #breaks = 0;
  #waiting: string[] = [];
  #frame: number | null = null;
  #paragraphs = 0;

  constructor(container: HTMLElement, onGrow: (paragraphs: number) => void = () => undefined) {
    this.#container = container;
    this.#onGrow = onGrow;
  }

  /** Shows `piece` now when this frame is still free, else with the next one. */
  append(piece: string): void {
    this.#waiting.push(piece);
    if (this.#frame !== null) return;
    this.#commit();
    this.#nextFrame();
  }

  /** Shows everything that waits. For the end of a reply and for pages that are not visible. */
  flush(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    this.#commit();
  }

  /** Shows nothing more. */
  close(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
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
    const text = this.#waiting.join("");
    this.#waiting = [];
    for (const part of text.split(/(\n+)/)) {
      if (part === "") continue;
      if (part.startsWith("\n")) this.#breaks += part.length;
      else this.#write(part);
    }
    this.#onGrow(this.#paragraphs);
  }

  #write(text: string): void {
    if (this.#block === null || this.#breaks >= 2) this.#openBlock(false);
    else if (this.#breaks === 1) {
      if (this.#blockLength >= blockLimit) this.#openBlock(true);
      else this.#put("\n");
    }
    this.#breaks = 0;
    this.#put(text);
  }

  #openBlock(continues: boolean): void {
    this.#block = document.createElement("p");
    if (continues) this.#block.className = "continued";
    else this.#paragraphs += 1;
    this.#block.dir = "auto";
    this.#blockLength = 0;
    this.#node = null;
    if (this.#group === null || this.#group.childElementCount >= groupLimit) {
      this.#group = document.createElement("div");
      if (continues) this.#group.className = "continued";
      this.#container.append(this.#group);
    }
    this.#group.append(this.#block);
  }

  #put(text: string): void {
    if (this.#block === null) return;
    if (this.#blockLength < languageWindow) setLanguage(this.#block, text.slice(0, languageWindow));
    this.#blockLength += text.length;
    for (let rest = text; rest !== ""; ) {
      const node = this.#node;
      const room = node === null ? 0 : nodeLimit - node.length;
      const fits = cutBefore(rest, node === null ? nodeLimit : room);
      const piece = rest.slice(0, fits);
      rest = rest.slice(fits);
      if (node !== null && piece !== "") node.appendData(piece);
      else if (node === null) {
        this.#node = document.createTextNode(piece);
        this.#block.append(this.#node);
      }
      if (rest !== "") this.#node = null;
    }
  }
}
