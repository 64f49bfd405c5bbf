// Small parts around a reply's blocks: buttons in words, and a word that stays for a moment.

import { announce } from "../design/announcer.svelte";
import { t, type PlainKey } from "../i18n/index.svelte";

/** How long "Copied" stays. */
const wordStaysMilliseconds = 1_500;

export function button(label: PlainKey, onclick: (button: HTMLButtonElement) => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "chrome";
  made.textContent = t(label);
  made.addEventListener("click", () => onclick(made));
  return made;
}

/** Shows a word in a button's place for a moment and says it. */
export function sayFor(button: HTMLButtonElement, word: PlainKey, back: PlainKey): void {
  button.textContent = t(word);
  announce(t(word));
  setTimeout(() => (button.textContent = t(back)), wordStaysMilliseconds);
}

/** An element of the chrome with a class. */
export function element<K extends keyof HTMLElementTagNameMap>(name: K, className: string, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}
