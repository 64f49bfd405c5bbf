// A task in a list: a box that shows whether it is done and cannot be changed.

import { t } from "../i18n/index.svelte";
import { element } from "./chrome";
import type { Part } from "./spine";

export function dressTask(part: Part): void {
  let box: HTMLElement | null = null;
  part.changed = () => {
    const { checked } = part.attributes;
    part.outer.classList.toggle("task", checked != null);
    if (checked == null) {
      box?.remove();
      box = null;
      return;
    }
    if (box === null) {
      box = element("span", "box");
      box.setAttribute("role", "img");
      part.content.prepend(box);
    }
    box.classList.toggle("done", checked);
    box.setAttribute("aria-label", t(checked ? "reply.taskDone" : "reply.taskOpen"));
  };
}
