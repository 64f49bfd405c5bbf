// A table: it scrolls in a box of its own and is copied as cells or as Markdown.

import { t } from "../i18n/index.svelte";
import { button, element, sayFor } from "./chrome";
import type { ReplyHost, TableFormat } from "./host";
import type { Part } from "./spine";

/** Beyond this many rows the columns keep their widths: measuring every cell again for each row would cost more and more. */
const fixedAbove = 50;

export function dressTable(part: Part, host: ReplyHost): void {
  const scroller = element("div", "scroller", part.content as HTMLElement);
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "region");
  scroller.setAttribute("aria-label", t("reply.table"));
  const copy = (format: TableFormat) => (pressed: HTMLButtonElement) => {
    const back = format === "markdown" ? "reply.copyMarkdown" : "reply.copyTable";
    void host.copyTable(part.attributes.ordinal ?? 0, format).then(() => sayFor(pressed, "reply.copied", back), () => undefined);
  };
  const bar = element("figcaption", "chrome-bar", element("span", "gap"), button("reply.copyTable", copy("tabSeparated")), button("reply.copyMarkdown", copy("markdown")));
  part.outer = element("figure", "table-block", scroller, bar);
}

/** Keeps the columns of a long table as wide as they are. */
export function fixColumns(part: Part): void {
  const table = part.content;
  if (!(table instanceof HTMLTableElement) || table.classList.contains("fixed")) return;
  const body = part.children.at(-1);
  if (body === undefined || !("tag" in body) || body.children.length <= fixedAbove) return;
  const row = table.rows[0];
  if (row === undefined) return;
  const widths = [...row.cells].map((cell) => cell.getBoundingClientRect().width);
  for (const [index, cell] of [...row.cells].entries()) cell.style.setProperty("width", `${String(widths[index] ?? 0)}px`);
  table.classList.add("fixed");
}
