// References to footnotes: they lead to the footnote in the same reply.

import { t } from "../i18n/index.svelte";
import { element } from "./chrome";
import type { Part } from "./spine";

export function dressFootnoteReference(part: Part): void {
  const button = element("button", "chrome reference");
  button.type = "button";
  part.content.append(button);
  part.content = button;
  part.changed = () => {
    const number = part.attributes.number ?? 0;
    button.textContent = String(number);
    button.setAttribute("aria-label", t("reply.footnote", { number }));
  };
  button.addEventListener("click", () => {
    const note = [...(button.closest(".reply")?.querySelectorAll<HTMLElement>(".footnote") ?? [])].find((found) => found.dataset["number"] === String(part.attributes.number));
    if (note === undefined) return;
    note.tabIndex = -1;
    note.focus();
    note.scrollIntoView({ block: "nearest" });
  });
}
