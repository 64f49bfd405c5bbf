// The open conversation and every running reply: open, send, retry, stop, switch branch.

import { SvelteMap } from "svelte/reactivity";
import { asCommandError, type CommandError, type Conversation, type Ipc, type Message, type ReplyEvent, type StartedTurn } from "../ipc";
import { Drafts } from "./drafts";
import { GrowingText } from "./growing-text";
import type { Library } from "./library.svelte";
import type { Link } from "./link.svelte";
import { Reply } from "./reply.svelte";

export interface Body {
  text: GrowingText;
  thinking: GrowingText;
}

/** What the page wants to know when a reply moves on; used for announcements. */
export interface ReplyListener {
  started(): void;
  finished(reply: Reply): void;
}

export class Chat {
  /** The open conversation without its messages; `null` is a new chat. */
  conversation = $state.raw<Omit<Conversation, "messages"> | null>(null);
  messages = $state.raw<Message[]>([]);
  opening = $state(false);
  sending = $state(false);
  /** Why the last send, retry or open did not happen. Shown above the composer. */
  error = $state.raw<CommandError | null>(null);
  /** Counts openings: the composer takes its text from the draft when this changes. */
  epoch = $state(0);
  /** Counts turns begun here: the thread goes to its end when this changes. */
  turns = $state(0);
  /** True after a turn was begun here: its question then stands near the top with room for the answer. */
  anchored = $state(false);
  /** Replies that run, and those that ended while their conversation was open. By message id. */
  readonly replies = new SvelteMap<string, Reply>();
  readonly drafts: Drafts;

  #ipc: Ipc;
  #library: Library;
  #link: Link;
  #listener: ReplyListener;
  #newChatDraft: string;
  #bodies = new Map<string, Body>();
  #conversationOf = new Map<string, string>();
  #polling: ReturnType<typeof setTimeout> | undefined;

  constructor(ipc: Ipc, library: Library, link: Link, newChatDraft: string, listener: ReplyListener) {
    this.#ipc = ipc;
    this.#library = library;
    this.#link = link;
    this.#listener = listener;
    this.#newChatDraft = newChatDraft;
    this.drafts = new Drafts(ipc);
  }

  get id(): string | null {
    return this.conversation?.id ?? null;
  }

  get draft(): string {
    return this.drafts.get(this.id, this.conversation?.draft ?? this.#newChatDraft);
  }

  /** The reply that is running in the open conversation. */
  get running(): { id: string; reply: Reply } | null {
    for (const message of this.messages) {
      const reply = this.replies.get(message.id);
      if (reply !== undefined && reply.outcome === null) return { id: message.id, reply };
    }
    return null;
  }

  /** The texts of a message: of the running reply, or of the stored row. */
  body(message: Message): Body {
    const known = this.#bodies.get(message.id);
    if (known !== undefined) return known;
    const body = this.replies.get(message.id) ?? {
      text: new GrowingText(message.text),
      thinking: new GrowingText(message.thinking),
    };
    this.#bodies.set(message.id, body);
    return body;
  }

  startNew(): void {
    this.#leave();
    this.conversation = null;
    this.messages = [];
    this.error = null;
    this.epoch += 1;
  }

  async open(id: string, leaf: string | null = null): Promise<void> {
    this.drafts.flush();
    this.opening = true;
    this.error = null;
    try {
      const opened = await this.#ipc.conversationOpen(id, leaf);
      const another = this.id !== opened.id;
      if (another) this.#leave();
      this.#show(opened);
      if (another) this.epoch += 1;
      this.#library.unread.delete(id);
    } catch (thrown) {
      this.error = asCommandError(thrown);
    } finally {
      this.opening = false;
    }
  }

  /** Sends a message. False when it was not taken: the text then stays in the composer. */
  async send(text: string, model: string, thinking: boolean | null): Promise<boolean> {
    const conversation = this.id;
    const after = this.messages.at(-1)?.id ?? null;
    const begun = await this.#begin((onEvent) => this.#ipc.messageSend({ conversation, after, text, model, thinking }, onEvent));
    if (begun === null) return false;
    this.drafts.set(conversation, "");
    this.drafts.flush();
    return true;
  }

  /** Asks again for the reply `id`, as a new branch beside it. */
  async retry(id: string, model: string | null): Promise<boolean> {
    return (await this.#begin((onEvent) => this.#ipc.replyRetry({ reply: id, model }, onEvent))) !== null;
  }

  async stop(): Promise<void> {
    const running = this.running;
    if (running === null) return;
    try {
      await this.#ipc.replyStop(running.id);
    } catch (thrown) {
      this.error = asCommandError(thrown);
    }
  }

  /** Shows the branch of the sibling `steps` beside `message`. */
  async switchBranch(message: Message, steps: number): Promise<void> {
    const sibling = message.siblings.ids[message.siblings.index + steps];
    if (this.id !== null && sibling !== undefined) await this.open(this.id, sibling);
  }

  async setModel(model: string): Promise<void> {
    if (this.conversation === null) return;
    await this.#ipc.conversationSetModel(this.conversation.id, model);
    this.conversation = { ...this.conversation, model };
    this.#library.update(this.conversation.id, { model });
  }

  async #begin(command: (onEvent: (event: ReplyEvent) => void) => Promise<StartedTurn>): Promise<StartedTurn | null> {
    if (this.sending) return null;
    const reply = new Reply();
    const conversation = this.id;
    let turn: StartedTurn | null = null;
    this.sending = true;
    this.error = null;
    try {
      turn = await command((event) => {
        reply.receive(event);
        if (turn !== null && reply.outcome !== null) this.#finish(turn, reply);
      });
    } catch (thrown) {
      this.error = asCommandError(thrown);
      this.#link.failed(this.error);
      return null;
    } finally {
      this.sending = false;
    }
    this.replies.set(turn.reply.id, reply);
    this.#conversationOf.set(turn.reply.id, turn.conversation.id);
    this.#library.put(turn.conversation);
    if (this.id === conversation) this.#showTurn(turn);
    this.#listener.started();
    if (reply.outcome !== null) this.#finish(turn, reply);
    return turn;
  }

  #showTurn({ conversation, user, reply }: StartedTurn): void {
    this.conversation = {
      id: conversation.id,
      title: conversation.title,
      model: conversation.model,
      draft: "",
    };
    const parent = user?.parent ?? reply.parent;
    const end = user === null ? this.messages.findIndex(({ id }) => id === parent) + 1 : this.messages.length;
    this.messages = [...this.messages.slice(0, end), ...(user === null ? [] : [user]), reply];
    this.turns += 1;
    this.anchored = true;
  }

  #show({ messages, ...conversation }: Conversation): void {
    this.conversation = conversation;
    this.messages = messages;
    for (const message of messages) {
      // A row that says the same keeps its body, and with it what is selected in it.
      if (!this.replies.has(message.id) && !this.#shows(message)) this.#bodies.delete(message.id);
    }
    clearTimeout(this.#polling);
    const orphan = messages.some(({ id, status }) => (status === "streaming" || status === "queued") && !this.replies.has(id));
    // A reply begun before the page was loaded has no channel here: its text is read from the store.
    if (orphan) this.#polling = setTimeout(() => void this.open(conversation.id, messages.at(-1)?.id ?? null), 1_000);
  }

  #shows({ id, text, thinking }: Message): boolean {
    const body = this.#bodies.get(id);
    return body?.text.toString() === text && body.thinking.toString() === thinking;
  }

  #finish(turn: StartedTurn, reply: Reply): void {
    const { outcome } = reply;
    if (outcome === null || this.#conversationOf.get(turn.reply.id) === undefined) return;
    this.#conversationOf.delete(turn.reply.id);
    this.#library.update(turn.conversation.id, { replying: this.#isReplying(turn.conversation.id) });
    if (outcome.error === null) this.#link.worked();
    else this.#link.failed(outcome.error);
    if (this.id === turn.conversation.id) {
      this.messages = this.messages.map((message) =>
        message.id === turn.reply.id
          ? { ...message, ...outcome, text: reply.text.toString(), thinking: reply.thinking.toString(), thinkingMs: outcome.thinkingMs ?? reply.thinkingMs }
          : message,
      );
      if (reply.incomplete) {
        this.replies.delete(turn.reply.id);
        this.#bodies.delete(turn.reply.id);
        void this.open(turn.conversation.id, turn.reply.id);
      }
    } else {
      this.replies.delete(turn.reply.id);
      this.#library.unread.add(turn.conversation.id);
    }
    this.#listener.finished(reply);
  }

  #isReplying(conversation: string): boolean {
    return [...this.#conversationOf.values()].includes(conversation);
  }

  #leave(): void {
    this.anchored = false;
    this.drafts.flush();
    clearTimeout(this.#polling);
    this.#bodies.clear();
    for (const [id, reply] of this.replies) if (reply.outcome !== null) this.replies.delete(id);
  }
}
