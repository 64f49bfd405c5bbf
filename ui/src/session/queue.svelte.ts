// What was written while a reply ran, or while nobody could be reached: it waits, one message for each
// conversation. `null` stands for the new chat that has no conversation yet.

import { SvelteMap } from "svelte/reactivity";

export interface Waiting {
  text: string;
  model: string;
  thinking: boolean | null;
}

export class Queue {
  #waiting = new SvelteMap<string | null, Waiting>();
  /** The reply that a message follows where it waits for the network and not for a reply. */
  #after = new Map<string | null, string | null>();

  of(conversation: string | null): Waiting | null {
    return this.#waiting.get(conversation) ?? null;
  }

  /** What waits for the network: the conversations, and the reply that each message follows. */
  get offline(): [string | null, string | null][] {
    return [...this.#after];
  }

  /** Lets a message wait, below what already does; `after` names the reply it follows where it waits for the network. */
  add(conversation: string | null, { text, model, thinking }: Waiting, after?: string | null): void {
    if (after !== undefined) this.#after.set(conversation, after);
    this.#waiting.set(conversation, { text: join(this.of(conversation)?.text ?? "", text), model, thinking });
  }

  /** What waits goes after this reply, if it ended well; what waits for the network waits on otherwise. */
  takeAfter(conversation: string | null, reply: string | null, ended: boolean): Waiting | null {
    if (ended || !this.#after.has(conversation)) return this.take(conversation);
    this.#after.set(conversation, reply);
    return null;
  }

  /** Takes out what waits. */
  take(conversation: string | null): Waiting | null {
    const waiting = this.of(conversation);
    this.#waiting.delete(conversation);
    this.#after.delete(conversation);
    return waiting;
  }
}

/** Two texts below each other. */
export function join(first: string, second: string): string {
  return [first, second].filter((text) => text.trim() !== "").join("\n\n");
}
