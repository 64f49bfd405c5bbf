// A task in a list: a box that shows whether it is done. It is drawn and labelled; nothing can change it.

import { t } from "../i18n/index.svelte";
import { control, worded } from "./controls";
import type { Part } from "./part";

export function dressTask(part: Part): void {
  let box: HTMLElement | null = null;
  part.changed = () => {
    const { checked } = part.attributes;
    if (checked == null) {
      box?.remove();
      box = null;
      part.content.classList.remove("task");
      return;
    }
    part.content.classList.add("task");
    box ??= makeBox(part.content);
    box.setAttribute("aria-checked", String(checked));
    worded(box, () => box?.setAttribute("aria-label", t(checked ? "reply.taskDone" : "reply.taskOpen")));
  };
}

function makeBox(item: Element): HTMLElement {
  const box = control("span", "box");
  box.setAttribute("role", "checkbox");
  box.setAttribute("aria-disabled", "true");
  item.prepend(box);
  return box;
}
