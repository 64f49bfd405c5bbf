// The caret of a reply that is being written: it stands behind the last glyph, in that glyph's own line.

import { languageWindow, setLanguage } from "./language";
import { lastPart, type Part } from "./part";
import { linesOfText } from "./vocabulary";

export class Caret {
  #line: Part | null = null;
  /** The language of the line is known. */
  #settled = false;

  /** Goes to the last line of text below `root`, and tells that line's language while its first words come in. */
  follow(root: Part): void {
    const line = lastLine(root);
    if (line !== this.#line) {
      this.leave();
      this.#line = line;
      line?.content.classList.add("caret");
    }
    if (line !== null && !this.#settled) this.#settle(line.content);
  }

  leave(): void {
    this.#line?.content.classList.remove("caret");
    this.#line = null;
    this.#settled = false;
  }

  #settle(line: Element): void {
    if (!(line instanceof HTMLElement) || line.dir !== "auto") return;
    const text = line.textContent;
    this.#settled = text.length >= languageWindow;
    setLanguage(line, text.slice(0, languageWindow));
  }
}

function lastLine(root: Part): Part | null {
  let line: Part | null = null;
  for (let part = lastPart(root); part !== null; part = lastPart(part)) {
    if (linesOfText.has(part.tag)) line = part;
  }
  return line;
}
