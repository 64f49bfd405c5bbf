// The open conversation and every running reply: open, send, retry, stop, switch branch.

import { SvelteMap } from "svelte/reactivity";
import { asCommandError, type CommandError, type Conversation, type Ipc, type Message, type ReplyEvent, type StartedTurn } from "../ipc";
import { Drafts } from "./drafts";
import { GrowingText } from "./growing-text";
import type { Library } from "./library.svelte";
import type { Link } from "./link.svelte";
import { ReplyDocument } from "../reply/reply-document";
import type { ReplyHost } from "../reply/host";
import { Reply } from "./reply.svelte";

export interface Body {
  thinking: GrowingText;
  /** What a reply shows; a person's message has its text in the row. */
  document: ReplyDocument;
}

/** So many messages are added when the reader comes near an end of what is loaded. */
const step = 40;
/** So many stay loaded; what is farther away is let go. */
const kept = 140;

/** What the page wants to know when a reply moves on; used for announcements. */
export interface ReplyListener {
  started(): void;
  finished(reply: Reply): void;
}

export class Chat {
  /** The open conversation without its messages; `null` is a new chat. */
  conversation = $state.raw<Omit<Conversation, "messages" | "from" | "count"> | null>(null);
  messages = $state.raw<Message[]>([]);
  /** The place of the first loaded message in the branch. */
  from = $state(0);
  /** How many messages the branch has. */
  count = $state(0);
  /** The address of a link that waits for the person's yes. */
  link = $state<string | null>(null);
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
  #moving = false;
  /** The last message of the branch, loaded or not. */
  #leaf: string | null = null;

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

  /** What a message shows: of the running reply, or of the stored row. */
  body(message: Message): Body {
    const known = this.#bodies.get(message.id);
    if (known !== undefined) return known;
    const body = this.replies.get(message.id) ?? this.#stored(message);
    this.#bodies.set(message.id, body);
    return body;
  }

  /** True when the end of the branch is loaded. */
  get atEnd(): boolean {
    return this.from + this.messages.length >= this.count;
  }

  #stored(message: Message): Body {
    const document = new ReplyDocument(this.#host(message));
    document.show(message.blocks);
    return { document, thinking: new GrowingText(message.thinking) };
  }

  /** What a reply's elements may ask for. */
  #host(message: { id: string }): ReplyHost {
    const failed = (thrown: unknown): never => {
      this.error = asCommandError(thrown);
      throw thrown;
    };
    return {
      copyCode: async (ordinal, keepHidden) => (await this.#ipc.codeCopy(message.id, ordinal, keepHidden).catch(failed)).hidden,
      copyTable: async (ordinal, format) => void (await this.#ipc.tableCopy(message.id, ordinal, format).catch(failed)),
      openLink: (address) => (this.link = address),
      loadImage: async (address) => new Blob([await this.#ipc.imageLoad(message.id, address)], { type: "image/png" }),
    };
  }

  startNew(): void {
    this.#leave();
    this.conversation = null;
    this.messages = [];
    this.from = 0;
    this.count = 0;
    this.error = null;
    this.epoch += 1;
  }

  /** Loads messages before or after those that are loaded, and lets go of the farthest. */
  async extend(direction: "before" | "after"): Promise<void> {
    const end = this.from + this.messages.length;
    if (direction === "before") await this.#window(Math.max(0, this.from - step), Math.min(end, this.from - step + kept));
    else await this.#window(Math.max(this.from, end + step - kept), Math.min(this.count, end + step));
  }

  /** Loads what stands around a place of the branch. */
  async goTo(position: number): Promise<void> {
    if (position >= this.from && position < this.from + this.messages.length) return;
    await this.#window(Math.max(0, position - step), Math.min(this.count, position + step));
  }

  async #window(from: number, end: number): Promise<void> {
    const { id, leaf } = { id: this.id, leaf: this.#leaf };
    if (id === null || leaf === null || this.#moving || (from === this.from && end === from + this.messages.length)) return;
    this.#moving = true;
    try {
      const opened = await this.#ipc.conversationWindow(id, leaf, from, end - from);
      if (this.id === id && this.#leaf === leaf) this.#show(opened);
    } catch (thrown) {
      this.error = asCommandError(thrown);
    } finally {
      this.#moving = false;
    }
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
    if (conversation !== null && !this.atEnd) await this.open(conversation, this.#leaf);
    const after = this.#leaf;
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
    const conversation = this.id;
    let turn: StartedTurn | null = null;
    // The id comes with the answer, before anything can be clicked.
    const owner = { id: "" };
    const reply = new Reply(new ReplyDocument(this.#host(owner)), () => {
      if (turn !== null) void this.#attach(turn.reply.id, reply);
    });
    this.sending = true;
    this.error = null;
    try {
      turn = await command((event) => {
        reply.receive(event);
        if (turn !== null && reply.outcome !== null) this.#finish(turn.reply.id, reply);
      });
    } catch (thrown) {
      this.error = asCommandError(thrown);
      this.#link.failed(this.error);
      return null;
    } finally {
      this.sending = false;
    }
    owner.id = turn.reply.id;
    this.replies.set(turn.reply.id, reply);
    this.#conversationOf.set(turn.reply.id, turn.conversation.id);
    this.#library.put(turn.conversation);
    if (this.id === conversation) this.#showTurn(turn);
    this.#listener.started();
    if (reply.outcome !== null) this.#finish(turn.reply.id, reply);
    return turn;
  }

  /** Asks for everything so far; the events that follow continue from there. */
  async #attach(id: string, reply: Reply): Promise<boolean> {
    return this.#ipc.replyAttach(id, (event) => {
      reply.receive(event);
      if (reply.outcome !== null) this.#finish(id, reply);
    });
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
    this.count = this.from + this.messages.length;
    this.#leaf = reply.id;
    this.turns += 1;
    this.anchored = true;
  }

  #show({ messages, from, count, ...conversation }: Conversation): void {
    this.conversation = conversation;
    this.messages = messages;
    this.from = from;
    this.count = count;
    const last = messages.at(-1);
    if (last !== undefined && this.atEnd) this.#leaf = last.id;
    const loaded = new Set(messages.map(({ id }) => id));
    for (const id of this.#bodies.keys()) if (!loaded.has(id) && !this.replies.has(id)) this.#bodies.delete(id);
    for (const { id, status } of messages) {
      // A reply begun before the page was loaded has no channel here yet.
      if ((status === "streaming" || status === "queued") && !this.replies.has(id)) this.#follow(id, conversation.id);
    }
  }

  #follow(id: string, conversation: string): void {
    const reply = new Reply(new ReplyDocument(this.#host({ id })), () => void this.#attach(id, reply));
    this.replies.set(id, reply);
    this.#bodies.delete(id);
    this.#conversationOf.set(id, conversation);
    void this.#attach(id, reply).then(
      (runs) => {
        if (runs) return;
        this.replies.delete(id);
        this.#conversationOf.delete(id);
        if (this.id === conversation) void this.open(conversation, this.#leaf);
      },
      (thrown: unknown) => (this.error = asCommandError(thrown)),
    );
  }

  #finish(id: string, reply: Reply): void {
    const { outcome } = reply;
    const conversation = this.#conversationOf.get(id);
    if (outcome === null || conversation === undefined) return;
    this.#conversationOf.delete(id);
    this.#library.update(conversation, { replying: this.#isReplying(conversation) });
    if (outcome.error === null) this.#link.worked();
    else this.#link.failed(outcome.error);
    if (this.id === conversation) {
      this.messages = this.messages.map((message) =>
        message.id === id
          ? { ...message, ...outcome, thinking: reply.thinking.toString(), thinkingMs: outcome.thinkingMs ?? reply.thinkingMs }
          : message,
      );
      if (reply.incomplete) {
        this.replies.delete(id);
        this.#bodies.delete(id);
        void this.open(conversation, this.#leaf);
      }
    } else {
      this.replies.delete(id);
      this.#library.unread.add(conversation);
    }
    this.#listener.finished(reply);
  }

  #isReplying(conversation: string): boolean {
    return [...this.#conversationOf.values()].includes(conversation);
  }

  #leave(): void {
    this.anchored = false;
    this.drafts.flush();
    this.#bodies.clear();
    for (const [id, reply] of this.replies) if (reply.outcome !== null) this.replies.delete(id);
  }
}
