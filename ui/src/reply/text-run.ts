// A text of the document in the page: one text node, or several where it is long.

/** A text node is closed at this many UTF-16 units: appending copies the node's data. */
const nodeLimit = 2_048;
/** A text is continued in an element of its own after this many units: layout works per element. Prose never is this long. */
const pieceLimit = 8_192;
/** So far past the limit a place is looked for where a cut is not seen. */
const pieceSlack = 1_024;
const breakable = /[\s。！？；，、]/u;

export class TextRun {
  #parent: Element;
  /** The text nodes and pieces that stand in the parent, first one first. */
  #nodes: (Text | HTMLElement)[] = [];
  #piece: HTMLElement | null = null;
  #pieceLength = 0;
  /** The piece takes nothing more. */
  #full = false;
  #open: Text | null = null;

  /** The text goes to the end of `parent`, which holds nothing after it while it grows. */
  constructor(parent: Element, text: string) {
    this.#parent = parent;
    this.append(text);
  }

  append(text: string): void {
    for (let rest = text; rest !== ""; ) {
      if (this.#full) this.#openPiece();
      const length = this.#fill(rest);
      this.#put(rest.slice(0, length));
      rest = rest.slice(length);
    }
  }

  remove(): void {
    for (const node of this.#nodes) node.remove();
  }

  /** How much of `text` belongs to the piece that is open. The cuts depend on the whole text, not on how it arrived. */
  #fill(text: string): number {
    const earliest = Math.max(0, pieceLimit - this.#pieceLength);
    if (text.length <= earliest) return text.length;
    const latest = pieceLimit + pieceSlack - this.#pieceLength;
    const found = text.slice(earliest, latest).search(breakable);
    if (found < 0 && text.length < latest) return text.length;
    this.#full = true;
    return found < 0 ? cutBefore(text, latest) : earliest + found + 1;
  }

  #openPiece(): void {
    this.#piece = document.createElement("span");
    this.#piece.className = "piece";
    this.#pieceLength = 0;
    this.#full = false;
    this.#open = null;
    this.#nodes.push(this.#piece);
    this.#parent.append(this.#piece);
  }

  #put(text: string): void {
    this.#pieceLength += text.length;
    for (let rest = text; rest !== ""; ) {
      const open = this.#open;
      const fits = cutBefore(rest, open === null ? nodeLimit : nodeLimit - open.length);
      const part = rest.slice(0, fits);
      rest = rest.slice(fits);
      if (open === null) this.#openNode(part);
      else if (part !== "") open.appendData(part);
      if (rest !== "") this.#open = null;
    }
  }

  #openNode(text: string): void {
    this.#open = document.createTextNode(text);
    if (this.#piece === null) this.#nodes.push(this.#open);
    (this.#piece ?? this.#parent).append(this.#open);
  }
}

/** How much of `text` goes into `room` units without cutting a surrogate pair. */
export function cutBefore(text: string, room: number): number {
  if (text.length <= room) return text.length;
  if (room <= 0) return 0;
  const last = text.charCodeAt(room - 1);
  return last >= 0xd800 && last <= 0xdbff ? room - 1 : room;
}
