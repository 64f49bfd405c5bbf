// A table: it scrolls in a box of its own where it is wide, and is copied as cells or as Markdown.

import { t } from "../i18n/index.svelte";
import { answer, button, control, element, worded } from "./controls";
import { openMenu } from "./menu";
import { lastPart, type Part, type Setting } from "./part";
import { markFitting } from "./sizes";

/** Beyond this many rows the columns keep their widths: laying all cells out again for each row costs more and more. */
const fixedAbove = 50;
/** So many columns share the width of the page and wrap; more of them take the width they need. */
const columnsThatWrap = 5;
/** The head of a table of history with more rows than this stays in sight; a wide one scrolls upright in its box for that. */
const tallAbove = 12;

export function dressTable(part: Part, { host, live }: Setting): void {
  const table = part.content as HTMLTableElement;
  const scroller = element("div", "scroller", table);
  scroller.setAttribute("role", "group");
  const copy = button("table-menu", () => t("reply.copyTable"), () => {
    openMenu(copy, t("reply.copyTable"), [
      { id: "table-copy-tabs", label: t("reply.copyTabs"), run: () => void put("tabSeparated") },
      { id: "table-copy-markdown", label: t("reply.copyMarkdown"), run: () => void put("markdown") },
    ]);
  });
  copy.setAttribute("aria-haspopup", "menu");
  copy.setAttribute("aria-expanded", "false");
  part.outer = element("figure", "table-block", scroller, control("footer", "bar", copy));
  part.changed = () => {
    worded(scroller, () => scroller.setAttribute("aria-label", t("reply.table")));
    table.classList.toggle("many", (table.rows[0]?.cells.length ?? 0) > columnsThatWrap);
    if (!live && table.rows.length > tallAbove) scroller.classList.add("tall");
  };
  markFitting(scroller, table, () => markEdges(scroller));
  scroller.addEventListener("scroll", () => markEdges(scroller), { passive: true });

  async function put(format: "tabSeparated" | "markdown"): Promise<void> {
    try {
      await host.copyTable(part.attributes.ordinal ?? 0, format);
      answer(copy, "reply.copied");
    } catch {
      answer(copy, "reply.notCopied");
    }
  }
}

/** Fades the edge behind which there is more. */
function markEdges(scroller: HTMLElement): void {
  const { scrollLeft, scrollWidth, clientWidth } = scroller;
  const fits = scroller.classList.contains("fits");
  scroller.classList.toggle("more-before", !fits && Math.abs(scrollLeft) > 1);
  scroller.classList.toggle("more-after", !fits && Math.abs(scrollLeft) + clientWidth < scrollWidth - 1);
}

/** Keeps the columns of a growing table as wide as they are once it is long. */
export function fixColumns(part: Part): void {
  const table = part.content as HTMLTableElement;
  const rows = lastPart(part)?.children.length ?? 0;
  if (rows <= fixedAbove || table.classList.contains("fixed")) return;
  const heads = [...(table.rows[0]?.cells ?? [])];
  const widths = heads.map((cell) => cell.getBoundingClientRect().width);
  const whole = widths.reduce((sum, width) => sum + width, 0);
  // Nothing is laid out where the reply is not shown.
  if (whole === 0) return;
  for (const [place, cell] of heads.entries()) cell.style.width = `${String(widths[place] ?? 0)}px`;
  table.style.width = `${String(whole)}px`;
  table.classList.add("fixed");
}
