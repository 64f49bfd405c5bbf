// A short list of commands below a button of a reply.

import { anchored } from "../design/anchored";
import { ime } from "../design/ime-guard";
import { control } from "./controls";

export interface Choice {
  id: string;
  label: string;
  run: () => void;
}

/** Shows the list until something is chosen or the person turns elsewhere. */
export function openMenu(anchor: HTMLElement, label: string, choices: Choice[]): void {
  const panel = control("div", "menu");
  panel.setAttribute("role", "menu");
  panel.setAttribute("aria-label", label);
  panel.tabIndex = -1;
  for (const { id, label: words, run } of choices) {
    const item = control("button", "choice");
    item.textContent = words;
    item.type = "button";
    item.tabIndex = -1;
    item.dataset["testid"] = id;
    item.setAttribute("role", "menuitem");
    item.addEventListener("click", () => {
      close();
      anchor.focus();
      run();
    });
    panel.append(item);
  }
  panel.addEventListener("keydown", (event) => move(event, panel, close));
  anchor.after(panel);
  anchor.setAttribute("aria-expanded", "true");
  const leave = anchored({ anchor: () => anchor, align: "end", onclose: () => close() })(panel);
  panel.querySelector("button")?.focus();

  function close(): void {
    leave();
    panel.remove();
    anchor.setAttribute("aria-expanded", "false");
  }
}

function move(event: KeyboardEvent, panel: HTMLElement, close: () => void): void {
  if (ime.owns(event)) return;
  if (event.key === "Tab") return close();
  const items = [...panel.querySelectorAll("button")];
  const at = items.findIndex((item) => item === document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  items[(next + items.length) % items.length]?.focus();
}
