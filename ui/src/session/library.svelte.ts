// The list of conversations: loaded from Rust, renamed, deleted with a way back, marked when a hidden one has news.

import { SvelteSet } from "svelte/reactivity";
import type { ConversationSummary, Ipc } from "../ipc";

/** How long a deleted conversation can be brought back by one click. */
export const undoMilliseconds = 8_000;

export class Library {
  conversations = $state.raw<ConversationSummary[]>([]);
  /** Conversations with a reply that ended while another one was open. */
  readonly unread = new SvelteSet<string>();
  /** The conversation deleted last, while it can be undone. */
  deleted = $state.raw<ConversationSummary | null>(null);

  #ipc: Ipc;
  #undoTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(ipc: Ipc) {
    this.#ipc = ipc;
  }

  async load(): Promise<void> {
    this.conversations = await this.#ipc.conversations();
  }

  /** Adds or replaces a row; the newest comes first. */
  put(summary: ConversationSummary): void {
    const others = this.conversations.filter(({ id }) => id !== summary.id);
    this.conversations = [summary, ...others].sort((a, b) => b.updatedMs - a.updatedMs);
  }

  update(id: string, change: Partial<ConversationSummary>): void {
    this.conversations = this.conversations.map((row) => (row.id === id ? { ...row, ...change } : row));
  }

  async rename(id: string, title: string): Promise<void> {
    await this.#ipc.conversationRename(id, title);
    this.update(id, { title });
  }

  async remove(id: string): Promise<void> {
    await this.#ipc.conversationDelete(id);
    this.deleted = this.conversations.find((row) => row.id === id) ?? null;
    this.conversations = this.conversations.filter((row) => row.id !== id);
    this.unread.delete(id);
    clearTimeout(this.#undoTimer);
    this.#undoTimer = setTimeout(() => this.forgetDeleted(), undoMilliseconds);
  }

  async undo(): Promise<string | null> {
    const row = this.deleted;
    if (row === null) return null;
    await this.#ipc.conversationRestore(row.id);
    this.forgetDeleted();
    this.put(row);
    return row.id;
  }

  forgetDeleted(): void {
    clearTimeout(this.#undoTimer);
    this.deleted = null;
  }
}
