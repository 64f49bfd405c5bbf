// Formulas: one that is wider than its place scrolls in a box of its own.

import type { Part } from "./part";
import { onResize } from "./sizes";

/** What a formula in a line stands in. */
const lines = "p, h3, h4, h5, h6, th, td";

export function dressBlockFormula({ content }: Part): void {
  onResize(content, () => reachable(content, content.scrollWidth > content.clientWidth));
}

/** Looks after the formulas of the line around `formula`, which has just been put there. */
export function watchLine(formula: Element): void {
  const line = formula.closest(lines);
  if (line === null) return;
  onResize(line, () => {
    for (const inLine of line.querySelectorAll(".formula")) {
      const wide = (inLine.firstElementChild?.getBoundingClientRect().width ?? 0) > line.clientWidth;
      inLine.classList.toggle("wide", wide);
      reachable(inLine, wide);
    }
  });
}

/** What scrolls must be reachable by keyboard; what does not must not be in the way. */
function reachable(box: Element, scrolls: boolean): void {
  if (scrolls) box.setAttribute("tabindex", "0");
  else box.removeAttribute("tabindex");
}
