// Finished lines of code in which something is selected: their colours wait until the person has let go.
//
// Colours come as new elements, and a selection cannot move into those with the text it stands in.

import type { Node as DocumentNode } from "../ipc";
import { textOf, type Part } from "./part";
import { selectedIn } from "./selection";

export class HeldLines {
  #lines = new Map<Part, () => void>();
  #listening = false;

  /** Holds back the replacing of a line's children by `nodes` where they say the same and the line is selected. True when it did. */
  hold(part: Part, keep: number, nodes: DocumentNode[], colour: () => void): boolean {
    if (part.tag !== "codeLine" || keep > 0 || nodes.length === 0 || !selectedIn(part.content)) return false;
    if (part.content.textContent !== textOf(nodes)) return false;
    this.#lines.set(part, colour);
    this.#listen(true);
    return true;
  }

  /** Colours a line before anything else happens to it. */
  release(part: Part): void {
    const colour = this.#lines.get(part);
    if (colour === undefined) return;
    this.#lines.delete(part);
    colour();
    this.#listen(this.#lines.size > 0);
  }

  close(): void {
    this.#lines.clear();
    this.#listen(false);
  }

  #moved = (): void => {
    for (const part of this.#lines.keys()) if (!selectedIn(part.content)) this.release(part);
  };

  #listen(on: boolean): void {
    if (on === this.#listening) return;
    this.#listening = on;
    if (on) document.addEventListener("selectionchange", this.#moved);
    else document.removeEventListener("selectionchange", this.#moved);
  }
}
