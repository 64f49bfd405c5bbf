// Footnotes: a reference leads to its note in the same reply, and the note leads back.

import { t } from "../i18n/index.svelte";
import { button, control, element, worded } from "./controls";
import type { Part } from "./part";

/** Where the reader came from. */
const origins = new WeakMap<Element, HTMLElement>();

export function dressReference(part: Part): void {
  const number = (): number => part.attributes.number ?? 0;
  const reference = button("footnote", () => String(number()), () => {
    const note = reference.closest(".reply")?.querySelector<HTMLElement>(`.footnote[data-number="${String(number())}"]`);
    if (note == null) return;
    origins.set(note, reference);
    goTo(note);
  });
  reference.className = "reference";
  part.content.append(reference);
  part.changed = () => {
    reference.dataset["reference"] = String(number());
    worded(part.content, () => reference.setAttribute("aria-label", t("reply.footnote", { number: number() })));
    reference.textContent = String(number());
  };
}

export function dressFootnote(part: Part): void {
  const number = control("span", "number");
  const back = button("footnote-back", () => "↩", () => {
    const first = note.closest(".reply")?.querySelector<HTMLElement>(`[data-reference="${number.textContent}"]`);
    const origin = origins.get(note);
    const place = origin?.isConnected === true ? origin : first;
    if (place != null) goTo(place);
  });
  back.className = "back";
  const note = element("div", "footnote", number, part.content, back);
  note.setAttribute("role", "note");
  note.tabIndex = -1;
  part.outer = note;
  part.changed = () => {
    number.textContent = String(part.attributes.number ?? "");
    note.dataset["number"] = number.textContent;
    worded(note, () => {
      note.setAttribute("aria-label", t("reply.footnote", { number: number.textContent }));
      back.setAttribute("aria-label", t("reply.footnoteBack"));
    });
  };
}

function goTo(place: HTMLElement): void {
  place.scrollIntoView({ block: "nearest" });
  place.focus({ preventScroll: true });
}
