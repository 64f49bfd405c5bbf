// The text of a reply as the search in Rust reads it, with the way back to where each character stands.

/** What a line break stands before: the text of each begins on a line of its own. */
const blocks = "p, h3, h4, h5, h6, th, td, .code-line, .formula-block";

export class ShownText {
  readonly text: string;
  #pieces: { from: number; node: Text }[] = [];

  constructor(reply: Element) {
    let text = "";
    const walker = document.createTreeWalker(reply, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node instanceof Element && node.hasAttribute("data-chrome") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
    );
    while (walker.nextNode() !== null) {
      const node = walker.currentNode;
      if (node instanceof Text) {
        this.#pieces.push({ from: text.length, node });
        text += node.data;
      } else if (node instanceof Element && breaksBefore(node, text)) text += "\n";
    }
    this.text = text;
  }

  /** What stands from one place of the text to another. */
  range(from: number, to: number): Range {
    const range = document.createRange();
    const first = this.#piece((piece) => piece.from <= from);
    const last = this.#piece((piece) => piece.from < to);
    if (first !== undefined) range.setStart(first.node, Math.min(from - first.from, first.node.length));
    if (last !== undefined) range.setEnd(last.node, Math.min(to - last.from, last.node.length));
    return range;
  }

  #piece(before: (piece: { from: number }) => boolean): { from: number; node: Text } | undefined {
    return this.#pieces.findLast(before);
  }
}

function breaksBefore(element: Element, text: string): boolean {
  if (element instanceof HTMLBRElement) return element.closest(".code-line") === null;
  return text !== "" && element.matches(blocks);
}
