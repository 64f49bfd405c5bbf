// Formulas: one that is wider than its place scrolls in a box of its own.

import { element } from "./controls";
import type { Part } from "./part";
import { markFitting, onResize } from "./sizes";

/** What a formula in a line stands in. */
const lines = "p, h3, h4, h5, h6, th, td";

export function dressBlockFormula(part: Part): void {
  const formula = part.content as HTMLElement;
  const box = element("div", "formula-box", formula);
  part.outer = box;
  markFitting(box, formula);
  // What is not typeset is its source, which may wrap.
  part.changed = () => formula.classList.toggle("source", Array.isArray(part.children[0]));
}

/** Looks after the formulas of the line around `formula`, which has just been put there. */
export function watchLine(formula: Element): void {
  const line = formula.closest(lines);
  if (line === null) return;
  onResize(line, () => {
    for (const inLine of line.querySelectorAll(".formula")) {
      const wide = (inLine.firstElementChild?.getBoundingClientRect().width ?? 0) > line.clientWidth;
      inLine.classList.toggle("wide", wide);
      if (wide) inLine.setAttribute("tabindex", "0");
      else inLine.removeAttribute("tabindex");
    }
  });
}
