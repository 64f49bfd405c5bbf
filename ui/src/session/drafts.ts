// Unsent text per conversation: kept here at once, saved in Rust at most 250 ms after the last key. What waits to be
// sent is saved above it, so that a program that ends meanwhile loses nothing.

import type { Ipc } from "../ipc";
import { join } from "./queue.svelte";

const saveDelayMilliseconds = 250;

/** `null` stands for the new chat that has no conversation yet. */
export class Drafts {
  #ipc: Ipc;
  #texts = new Map<string | null, string>();
  #unsaved = new Set<string | null>();
  #saving = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What waits to be sent in a conversation, or nothing. */
  #waiting: (conversation: string | null) => string;

  constructor(ipc: Ipc, waiting: (conversation: string | null) => string = () => "") {
    this.#ipc = ipc;
    this.#waiting = waiting;
  }

  /** The text for a conversation; what was typed here is newer than what the store answered. */
  get(conversation: string | null, stored: string): string {
    return this.#texts.get(conversation) ?? stored;
  }

  set(conversation: string | null, text: string): void {
    this.#texts.set(conversation, text);
    this.#unsaved.add(conversation);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), saveDelayMilliseconds);
  }

  /** It was sent: nothing of it comes back after a restart. */
  clear(conversation: string | null): void {
    this.set(conversation, "");
    this.flush();
  }

  /** What waited is under way: saves without it. */
  sent(conversation: string | null): void {
    this.set(conversation, this.get(conversation, ""));
  }

  /** What is being typed in the new chat goes on in the conversation that it became. */
  becomes(conversation: string): void {
    this.set(conversation, this.get(null, ""));
    this.clear(null);
  }

  /** Saves now: before another conversation opens and when the page goes away. */
  flush(): void {
    clearTimeout(this.#timer);
    if (!this.#saving) void this.#save();
  }

  /** One after the other, so that an older text never arrives after a newer one. */
  async #save(): Promise<void> {
    this.#saving = true;
    const failed: (string | null)[] = [];
    // What is added while a save runs is visited too.
    for (const conversation of this.#unsaved) {
      this.#unsaved.delete(conversation);
      const text = join(this.#waiting(conversation), this.#texts.get(conversation) ?? "");
      await this.#ipc.draftSave(conversation, text).catch(() => failed.push(conversation));
    }
    // A draft that could not be saved stays in memory; the next key tries again.
    for (const conversation of failed) this.#unsaved.add(conversation);
    this.#saving = false;
  }
}
