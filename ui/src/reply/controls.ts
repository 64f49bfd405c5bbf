// What stands around a reply's words to use them with: buttons and labels in the language of the page.
//
// All of it carries `data-chrome`: it is not part of what the reply says. Words are set again when the language changes.

import { announce } from "../design/announcer.svelte";
import { t, type PlainKey } from "../i18n/index.svelte";

/** How long "Copied" stays. */
const wordStaysMilliseconds = 1_500;

const wordings = new WeakMap<Element, () => void>();

/** An element with a class and children. */
export function element<K extends keyof HTMLElementTagNameMap>(name: K, className: string, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

/** As `element`, for what the reply does not say itself. */
export function control<K extends keyof HTMLElementTagNameMap>(name: K, className: string, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = element(name, className, ...children);
  made.dataset["chrome"] = "";
  return made;
}

/** Sets words now and whenever the page's language changes. */
export function worded(target: Element, set: () => void): void {
  target.setAttribute("data-worded", "");
  wordings.set(target, set);
  set();
}

/** Sets all words below `root` again. */
export function wordAgain(root: Element): void {
  for (const target of root.querySelectorAll("[data-worded]")) wordings.get(target)?.();
}

/** A button in words. */
export function button(id: string, label: () => string, onpress: (button: HTMLButtonElement) => void): HTMLButtonElement {
  const made = control("button", "control");
  made.type = "button";
  made.dataset["testid"] = id;
  worded(made, () => (made.textContent = label()));
  made.addEventListener("click", () => onpress(made));
  return made;
}

const returns = new WeakMap<Element, ReturnType<typeof setTimeout>>();

/** Shows a word in a button's place for a moment, and says it. */
export function answer(pressed: HTMLButtonElement, word: PlainKey): void {
  clearTimeout(returns.get(pressed));
  pressed.textContent = t(word);
  pressed.classList.add("answered");
  announce(t(word));
  const back = setTimeout(() => {
    pressed.classList.remove("answered");
    wordings.get(pressed)?.();
  }, wordStaysMilliseconds);
  returns.set(pressed, back);
}
