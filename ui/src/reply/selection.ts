// Keeps what a person has selected, and the focus, where nodes have to make way for others that say the same.

/** True when either end of what is selected stands in `container`. */
export function selectedIn(container: Element): boolean {
  const selection = document.getSelection();
  if (selection === null || selection.isCollapsed) return false;
  return contains(container, selection.anchorNode) || contains(container, selection.focusNode);
}

/** Changes what is in `container`. The same words are selected and the same control is focused afterwards, if they are still there. */
export function keepingSelection(container: Element, change: () => void): void {
  const refocus = focusIn(container);
  if (!selectedIn(container)) {
    change();
    return refocus?.();
  }
  const selection = document.getSelection();
  if (selection === null) return change();
  const words = selection.toString();
  const anchor = endIn(container, selection.anchorNode, selection.anchorOffset);
  const focus = endIn(container, selection.focusNode, selection.focusOffset);
  change();
  refocus?.();
  const from = anchor();
  const to = focus();
  if (from === null || to === null || selection.toString() === words) return;
  selection.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
  if (selection.toString() !== words) selection.collapse(to.node, to.offset);
}

interface End {
  node: Node;
  offset: number;
}

/** Remembers an end of the selection by how much text is before it; the answer finds it again. */
function endIn(container: Element, node: Node | null, offset: number): () => End | null {
  if (node === null) return () => null;
  if (!contains(container, node)) return () => ({ node, offset });
  const range = document.createRange();
  range.selectNodeContents(container);
  range.setEnd(node, offset);
  const before = range.toString().length;
  return () => placeOf(container, before);
}

function placeOf(container: Element, before: number): End | null {
  const texts = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  let left = before;
  while (texts.nextNode() !== null) {
    const text = texts.currentNode as Text;
    if (left <= text.length) return { node: text, offset: left };
    left -= text.length;
  }
  return null;
}

function focusIn(container: Element): (() => void) | null {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || !contains(container, focused)) return null;
  const place = focusable(container).indexOf(focused);
  return () => {
    if (!focused.isConnected) focusable(container)[place]?.focus({ preventScroll: true });
  };
}

function focusable(container: Element): HTMLElement[] {
  return [...container.querySelectorAll<HTMLElement>("button, [tabindex]")];
}

function contains(container: Element, node: Node | null): boolean {
  return node !== null && container.contains(node);
}
