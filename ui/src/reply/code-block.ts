// A code block: its language, copying, wrapping, and folding where it is long.

import { t } from "../i18n/index.svelte";
import { button, element, sayFor } from "./chrome";
import type { ReplyHost } from "./host";
import type { Part } from "./spine";

/** A finished block with more lines than this is folded. */
const foldsAbove = 40;
/** What a folded block shows. The stylesheet's height says the same. */
const shownWhenFolded = 24;

export function dressCode(part: Part, host: ReplyHost): void {
  const language = element("span", "language");
  const copy = button("reply.copy", (pressed) => void copyCode(pressed, false));
  const wrap = button("reply.wrap", (pressed) => {
    const on = figure.classList.toggle("wrapped");
    pressed.setAttribute("aria-pressed", String(on));
  });
  wrap.setAttribute("aria-pressed", "false");
  const header = element("figcaption", "chrome-bar", language, element("span", "gap"), wrap, copy);
  const code = part.content as HTMLElement;
  const scroller = element("pre", "scroller", code);
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "region");
  const figure = element("figure", "code-block", header, scroller);
  const more = button("reply.fold", () => {
    const folded = figure.classList.toggle("folded");
    more.setAttribute("aria-expanded", String(!folded));
    nameMore();
    if (folded) figure.scrollIntoView({ block: "nearest" });
  });
  more.classList.add("more");
  part.outer = figure;
  let decided = false;

  function nameMore(): void {
    more.textContent = figure.classList.contains("folded") ? t("reply.showLines", { count: part.children.length }) : t("reply.fold");
  }

  part.changed = () => {
    language.textContent = part.attributes.language ?? t("reply.text");
    scroller.setAttribute("aria-label", t("reply.codeIn", { language: language.textContent }));
    // A block that is being written is never folded under the reader.
    if (part.attributes.open === true || decided) return;
    decided = true;
    if (part.children.length <= foldsAbove) return;
    figure.append(more);
    figure.style.setProperty("--shown-lines", String(shownWhenFolded));
    if (!figure.isConnected) figure.classList.add("folded");
    more.setAttribute("aria-expanded", String(figure.isConnected));
    nameMore();
  };

  async function copyCode(pressed: HTMLButtonElement, keepHidden: boolean): Promise<void> {
    const hidden = await host.copyCode(part.attributes.ordinal ?? 0, keepHidden).catch(() => null);
    if (hidden === null) return;
    sayFor(pressed, "reply.copied", "reply.copy");
    if (hidden > 0 && !keepHidden) offerHidden(hidden);
  }

  /** The clean text is on the clipboard; whoever wants the other one asks for it. */
  function offerHidden(count: number): void {
    figure.querySelector(".hidden-note")?.remove();
    const asIs = button("reply.copyAsIs", () => {
      void host.copyCode(part.attributes.ordinal ?? 0, true).then(() => note.remove());
    });
    const note = element("p", "hidden-note", t("reply.hiddenLeftOut", { count }), asIs);
    header.after(note);
  }
}
