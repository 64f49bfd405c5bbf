// Brings what was found into sight and marks it in the messages that are in the page.

import type { FoundPlace } from "../../ipc";
import type { Chat } from "../../session/chat.svelte";
import type { Find } from "../../session/find.svelte";
import { mark } from "../find/marks";
import { placesOf } from "../find/places";
import type { Reading } from "./reading.svelte";

export class FoundPlaces {
  #chat: Chat;
  #find: Find;
  #reading: Reading;

  constructor(chat: Chat, find: Find, reading: Reading) {
    this.#chat = chat;
    this.#find = find;
    this.#reading = reading;
  }

  /** Marks every place, the one gone to more strongly. */
  mark(): void {
    const { current, hits, searched } = this.#find;
    const others: Range[] = [];
    const now: Range[] = [];
    for (const message of new Set(hits.map((hit) => hit.message))) {
      const text = this.#textOf(message);
      if (text === null) continue;
      for (const [index, range] of placesOf(text, searched).entries()) {
        (message === current?.message && index === current.index ? now : others).push(range);
      }
    }
    mark(others, now);
  }

  unmark(): void {
    mark([], []);
  }

  /** Loads the message of the current place and scrolls to it. */
  async show(): Promise<void> {
    const place = this.#find.current;
    if (place !== null) await this.#reading.reveal(place.position, () => this.#rangeOf(place));
  }

  /** The place in its message, with whatever hid it opened. */
  #rangeOf({ message: id, index }: FoundPlace): Range | null {
    const text = this.#textOf(id);
    const range = text === null ? null : (placesOf(text, this.#find.searched)[index] ?? null);
    const message = this.#chat.messages.find((found) => found.id === id);
    if (range !== null && message?.role === "assistant") this.#chat.body(message).document.reveal(range.startContainer);
    return range;
  }

  #textOf(id: string): Element | null {
    const message = this.#chat.messages.find((found) => found.id === id);
    if (message?.role === "assistant") return this.#chat.body(message).document.element;
    return message === undefined ? null : (this.#reading.article(id)?.querySelector("[data-text]") ?? null);
  }
}
