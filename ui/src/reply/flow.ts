// Puts words and what stands among them into an element, one after the other, in pieces that are cheap to lay out.
//
// A line of text that is longer than any prose goes on in a piece of its own: an engine lays a paragraph out as a whole.

/** A text node is closed at this many UTF-16 units: appending copies the node's data. */
const nodeLimit = 2_048;
/** A new piece begins after this many units. */
const pieceLimit = 4_096;
/** So far past the limit a place is looked for where a cut is not seen. */
const pieceSlack = 1_024;
const breakable = /[\s。！？；，、]/u;

export class Flow {
  #content: Element;
  #pieces: boolean;
  #place: Element;
  /** Units in the place, less those of the element that stands last. */
  #length = 0;
  #last: Element | null = null;
  /** The place takes nothing more. */
  #full = false;

  /** With `pieces`, long content goes on in pieces. */
  constructor(content: Element, pieces: boolean) {
    this.#content = content;
    this.#place = content;
    this.#pieces = pieces;
  }

  element(element: Element): void {
    this.#count();
    if (this.#full) this.#openPiece();
    this.#place.append(element);
    if (this.#pieces) this.#last = element;
  }

  /** Appends to the text whose nodes these are. */
  text(nodes: Text[], text: string): void {
    this.#count();
    for (let rest = text; rest !== ""; ) {
      if (this.#full) this.#openPiece();
      const length = this.#fill(rest);
      this.#put(nodes, rest.slice(0, length));
      rest = rest.slice(length);
    }
  }

  /** To be called when something was taken out. */
  shrunk(): void {
    this.#last = null;
    this.#full = false;
    while (this.#place !== this.#content && !this.#place.hasChildNodes()) {
      const empty = this.#place;
      const before = empty.previousSibling;
      this.#place = before instanceof Element && before.classList.contains("piece") ? before : this.#content;
      empty.remove();
    }
    if (this.#pieces) this.#length = this.#place.textContent.length;
  }

  #count(): void {
    if (this.#last === null) return;
    this.#length += this.#last.textContent.length;
    this.#last = null;
    this.#full = this.#length >= pieceLimit + pieceSlack;
  }

  /** How much of `text` belongs to the piece that is open. The cuts depend on the whole text, not on how it arrived. */
  #fill(text: string): number {
    const earliest = Math.max(0, pieceLimit - this.#length);
    if (!this.#pieces || text.length <= earliest) return text.length;
    const latest = pieceLimit + pieceSlack - this.#length;
    const found = text.slice(earliest, latest).search(breakable);
    if (found < 0 && text.length < latest) return text.length;
    this.#full = true;
    return found < 0 ? cutBefore(text, latest) : earliest + found + 1;
  }

  #openPiece(): void {
    this.#place = document.createElement("span");
    this.#place.className = "piece";
    this.#length = 0;
    this.#full = false;
    this.#content.append(this.#place);
  }

  #put(nodes: Text[], text: string): void {
    this.#length += text.length;
    for (let rest = text; rest !== ""; ) {
      const last = nodes.at(-1);
      const open = last !== undefined && last === this.#place.lastChild ? last : null;
      const fits = cutBefore(rest, nodeLimit - (open?.length ?? 0));
      const part = rest.slice(0, fits === 0 ? cutBefore(rest, nodeLimit) : fits);
      rest = rest.slice(part.length);
      if (open !== null && fits > 0) open.appendData(part);
      else {
        const node = document.createTextNode(part);
        nodes.push(node);
        this.#place.append(node);
      }
    }
  }
}

/** How much of `text` goes into `room` units without cutting a surrogate pair. */
export function cutBefore(text: string, room: number): number {
  if (text.length <= room) return text.length;
  if (room <= 0) return 0;
  return isHigh(text, room - 1) ? room - 1 : room;
}

function isHigh(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff;
}
