// What was written while a reply ran: it waits, one message for each conversation, until the reply has ended.

import { SvelteMap } from "svelte/reactivity";

export interface Waiting {
  text: string;
  model: string;
  thinking: boolean | null;
}

export class Queue {
  #waiting = new SvelteMap<string, Waiting>();

  of(conversation: string | null): Waiting | null {
    return conversation === null ? null : (this.#waiting.get(conversation) ?? null);
  }

  /** Lets a message wait, below what already does. */
  add(conversation: string, { text, model, thinking }: Waiting): void {
    this.#waiting.set(conversation, { text: join(this.of(conversation)?.text ?? "", text), model, thinking });
  }

  /** Takes out what waits. */
  take(conversation: string | null): Waiting | null {
    const waiting = this.of(conversation);
    if (conversation !== null) this.#waiting.delete(conversation);
    return waiting;
  }
}

/** Two texts below each other. */
export function join(first: string, second: string): string {
  return [first, second].filter((text) => text.trim() !== "").join("\n\n");
}
