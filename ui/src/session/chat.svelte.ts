// The open conversation and every running reply: open, send, retry, stop, switch branch.

import { SvelteMap } from "svelte/reactivity";
import { asCommandError, type CommandError, type Conversation, type Ipc, type Message, type ReplyEvent, type SendMessage, type StartedTurn } from "../ipc";
import { Bodies, type Body } from "./bodies";
import { Drafts } from "./drafts";
import type { Library } from "./library.svelte";
import type { Link } from "./link.svelte";
import { ShownText } from "../reply/shown-text";
import { join, Queue, type Waiting } from "./queue.svelte";
import { Reply } from "./reply.svelte";
import { around, extended, type Bookmark, type Run } from "./run";

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
  /** The last message of the branch, loaded or not. */
  leaf = $state<string | null>(null);
  /** Where the reader is, unless at the end; kept for the next time this conversation is opened. */
  bookmark: Bookmark | null = null;
  /** True after a turn was begun here: its question then stands near the top with room for the answer. */
  anchored = $state(false);
  /** Replies that run, and those that ended while their conversation was open. By message id. */
  readonly replies = new SvelteMap<string, Reply>();
  readonly drafts: Drafts;
  /** Messages that wait for the end of a reply. */
  readonly queue = new Queue();
  /** Counts texts that went back to the composer. */
  refills = $state(0);

  #ipc: Ipc;
  #library: Library;
  #link: Link;
  #listener: ReplyListener;
  #newChatDraft: string;
  #bodies: Bodies;
  #conversationOf = new Map<string, string>();
  /** Replies that the store called running and that were not: they are asked after once. */
  #ended = new Set<string>();
  /** The run to load next, and the loading of one before it. */
  #wanted: Run | null = null;
  #moving: Promise<void> | null = null;
  /** Where the reader was in conversations that were left in the middle. */
  #bookmarks = new Map<string, Bookmark>();

  constructor(ipc: Ipc, library: Library, link: Link, newChatDraft: string, listener: ReplyListener) {
    this.#ipc = ipc;
    this.#library = library;
    this.#link = link;
    this.#listener = listener;
    this.#newChatDraft = newChatDraft;
    this.drafts = new Drafts(ipc, (conversation) => this.queue.of(conversation)?.text ?? "");
    this.#bodies = new Bodies(ipc, {
      openLink: (address) => (this.link = address),
      fail: (thrown) => (this.error = asCommandError(thrown)),
    });
  }

  get id(): string | null {
    return this.conversation?.id ?? null;
  }

  get draft(): string {
    return this.drafts.get(this.id, this.conversation?.draft ?? this.#newChatDraft);
  }

  /** The reply that is running in the open conversation. */
  get running(): { id: string; reply: Reply } | null {
    // A reply only ever runs at the end of a branch, which need not be loaded.
    const { leaf } = this;
    const reply = leaf === null ? undefined : this.replies.get(leaf);
    return leaf === null || reply?.outcome !== null ? null : { id: leaf, reply };
  }

  /** What a message shows: of the running reply, or of the stored row. */
  body(message: Message): Body {
    return this.replies.get(message.id) ?? this.#bodies.of(message);
  }

  /** True when the end of the branch is loaded. */
  get atEnd(): boolean {
    return this.from + this.messages.length >= this.count;
  }

  startNew(): void {
    this.#leave();
    this.conversation = null;
    this.messages = [];
    this.from = 0;
    this.count = 0;
    this.leaf = null;
    this.error = null;
    this.epoch += 1;
  }

  /** Loads messages before or after those that are loaded, and lets go of the farthest. */
  async extend(direction: "before" | "after"): Promise<void> {
    if (this.#moving === null) await this.#load(extended({ from: this.from, end: this.from + this.messages.length }, this.count, direction));
  }

  /** Loads what stands around a place of the branch. */
  async goTo(position: number): Promise<void> {
    if (position < this.from || position >= this.from + this.messages.length) await this.#load(around(position, this.count));
  }

  /** One run after the other; of those asked for meanwhile only the last is loaded. */
  async #load(run: Run): Promise<void> {
    this.#wanted = run;
    this.#moving ??= this.#move().finally(() => (this.#moving = null));
    await this.#moving;
  }

  async #move(): Promise<void> {
    const { id, leaf } = this;
    while (this.#wanted !== null && id !== null && leaf !== null) {
      const { from, end } = this.#wanted;
      this.#wanted = null;
      try {
        const opened = await this.#ipc.conversationWindow(id, leaf, from, end - from);
        if (this.id !== id || this.leaf !== leaf) return;
        this.#show(opened);
      } catch (thrown) {
        this.error = asCommandError(thrown);
      }
    }
  }

  /** Opens a conversation where it was left, or a branch of it at `place`. */
  async open(id: string, leaf: string | null = null, place: number | null = null): Promise<void> {
    this.drafts.flush();
    this.opening = true;
    this.error = null;
    try {
      const newest = await this.#ipc.conversationOpen(id, leaf);
      const another = this.id !== newest.id;
      const bookmark = another ? (this.#bookmarks.get(id) ?? null) : null;
      const opened = await this.#at(newest, bookmark?.position ?? place);
      if (another) this.#leave();
      this.leaf = newest.messages.at(-1)?.id ?? null;
      this.#show(opened);
      if (another) {
        this.bookmark = bookmark;
        this.epoch += 1;
      }
      this.#library.unread.delete(id);
    } catch (thrown) {
      this.error = asCommandError(thrown);
    } finally {
      this.opening = false;
    }
  }

  /** The part of an opened branch with `place` in it, where its end is not enough. */
  async #at(newest: Conversation, place: number | null): Promise<Conversation> {
    const leaf = newest.messages.at(-1);
    if (leaf === undefined || place === null || place >= newest.from) return newest;
    const { from, end } = around(place, newest.count);
    return this.#ipc.conversationWindow(newest.id, leaf.id, from, end - from);
  }

  /** Sends a message. False when it was not taken: the text then stays in the composer. */
  async send(text: string, model: string, thinking: boolean | null): Promise<boolean> {
    const conversation = this.id;
    if (conversation !== null && !this.atEnd) await this.open(conversation, this.leaf, this.count - 1);
    if ((await this.#ask({ conversation, after: this.leaf, text, model, thinking })) === null) return false;
    this.drafts.clear(conversation);
    return true;
  }

  /** Lets a message wait until the reply that runs here has ended, or somebody can be reached again. */
  later(waiting: Waiting): boolean {
    if (this.running === null && this.#link.state !== "offline") return false;
    this.queue.add(this.id, waiting, this.running === null ? this.leaf : undefined);
    return true;
  }

  /** Puts what waits back into the composer. False when nothing does. */
  takeBack(): boolean {
    const waiting = this.queue.take(this.id);
    if (waiting !== null) this.#giveBack(this.id, waiting);
    return waiting !== null;
  }

  #giveBack(conversation: string | null, { text }: Waiting): void {
    this.drafts.set(conversation, join(text, this.drafts.get(conversation, "")));
    this.refills += 1;
  }

  /** Sends what waited; after a failure it goes back to the composer. */
  async sendWaiting(conversation: string | null, after: string | null, ended: boolean): Promise<void> {
    const waiting = this.queue.takeAfter(conversation, after, ended);
    if (waiting === null) return;
    this.drafts.sent(conversation);
    const turn = ended ? await this.#ask({ conversation, after, ...waiting }) : null;
    if (turn === null) this.#giveBack(conversation, waiting);
    else if (conversation === null && this.id === turn.conversation.id) {
      this.drafts.becomes(this.id);
      this.refills += 1;
    }
  }

  /** Asks the question anew in other words, as a branch beside the old one. */
  async edit(message: Message, text: string, model: string, thinking: boolean | null): Promise<boolean> {
    return (await this.#ask({ conversation: this.id, after: message.parent, text, model, thinking })) !== null;
  }

  #ask(message: SendMessage): Promise<StartedTurn | null> {
    return this.#begin((onEvent) => this.#ipc.messageSend(message, onEvent), message.conversation);
  }

  /** Asks again for the reply `id`, or goes on where it was cut, as a new branch beside it. */
  async retry(id: string, model: string | null, resume = false): Promise<boolean> {
    return (await this.#begin((onEvent) => this.#ipc.replyRetry({ reply: id, model, resume }, onEvent))) !== null;
  }

  stop(): Promise<void> {
    return this.#tellRunning((id) => this.#ipc.replyStop(id));
  }

  /** Makes the request of the running reply that waits to be made again. */
  tryNow(): Promise<void> {
    return this.#tellRunning((id) => this.#ipc.replyTryNow(id));
  }

  async #tellRunning(tell: (id: string) => Promise<null>): Promise<void> {
    const { running } = this;
    if (running !== null) await tell(running.id).catch((thrown: unknown) => (this.error = asCommandError(thrown)));
  }

  /** Shows the branch of the sibling `steps` beside `message`. */
  async switchBranch(message: Message, steps: number): Promise<void> {
    const sibling = message.siblings.ids[message.siblings.index + steps];
    const place = this.from + this.messages.findIndex(({ id }) => id === message.id);
    if (this.id !== null && sibling !== undefined) await this.open(this.id, sibling, place);
  }

  async setModel(model: string): Promise<void> {
    if (this.conversation === null) return;
    await this.#ipc.conversationSetModel(this.conversation.id, model);
    this.conversation = { ...this.conversation, model };
    this.#library.update(this.conversation.id, { model });
  }

  async #begin(command: (onEvent: (event: ReplyEvent) => void) => Promise<StartedTurn>, conversation = this.id): Promise<StartedTurn | null> {
    if (this.sending) return null;
    let turn: StartedTurn | null = null;
    // The id comes with the answer, before anything can be clicked.
    const owner = { id: "" };
    const reply = new Reply(this.#bodies.document(owner), () => {
      if (turn !== null) void this.#attach(turn.reply.id, reply);
    });
    this.sending = true;
    this.error = null;
    try {
      turn = await command((event) => this.#hear(event, reply, turn?.reply.id));
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
    return this.#ipc.replyAttach(id, (event) => this.#hear(event, reply, id));
  }

  #hear(event: ReplyEvent, reply: Reply, id: string | undefined): void {
    reply.receive(event);
    if (event.event === "retrying") this.#link.failed(event.error);
    if (id !== undefined && reply.outcome !== null) this.#finish(id, reply);
  }

  #showTurn({ conversation, user, reply }: StartedTurn): void {
    const parent = user?.parent ?? reply.parent;
    const elsewhere = parent !== null && parent === this.leaf && !this.atEnd;
    this.leaf = reply.id;
    this.conversation = { id: conversation.id, title: conversation.title, model: conversation.model, draft: "" };
    if (elsewhere) {
      // What waited was sent while the reader was far from the end.
      this.count += user === null ? 1 : 2;
      return;
    }
    const end = this.messages.findIndex(({ id }) => id === parent) + 1;
    this.messages = [...this.messages.slice(0, end), ...(user === null ? [] : [user]), reply];
    this.count = this.from + this.messages.length;
    this.turns += 1;
    this.anchored = true;
  }

  #show({ messages, from, count, ...conversation }: Conversation): void {
    const before = new Map(this.messages.map((message) => [message.id, message.characters]));
    this.conversation = conversation;
    // A run begins with a question, so that a turn is never cut and built anew when more is loaded before it.
    const cut = from === 0 ? 0 : Math.max(0, messages.findIndex(({ role }) => role === "user"));
    this.messages = messages.slice(cut);
    this.from = from + cut;
    this.count = count;
    this.#bodies.keep(new Set(messages.map(({ id }) => id)));
    for (const { id, status, characters } of messages) {
      // A row that says the same keeps its elements, and with them what is selected in them.
      if (!this.replies.has(id) && before.get(id) !== characters) this.#bodies.drop(id);
      // A reply begun before the page was loaded has no channel here yet.
      if ((status === "streaming" || status === "queued") && !this.replies.has(id) && !this.#ended.has(id)) this.#follow(id, conversation.id);
    }
  }

  #follow(id: string, conversation: string): void {
    const reply = new Reply(this.#bodies.document({ id }), () => void this.#attach(id, reply));
    this.replies.set(id, reply);
    this.#bodies.drop(id);
    this.#conversationOf.set(id, conversation);
    void this.#attach(id, reply).then(
      (runs) => {
        if (runs) return;
        this.#ended.add(id);
        this.replies.delete(id);
        this.#conversationOf.delete(id);
        if (this.id === conversation) void this.open(conversation, this.leaf);
      },
      (thrown: unknown) => (this.error = asCommandError(thrown)),
    );
  }

  #finish(id: string, reply: Reply): void {
    const { outcome } = reply;
    const conversation = this.#conversationOf.get(id);
    if (outcome === null || conversation === undefined) return;
    this.#conversationOf.delete(id);
    this.#library.update(conversation, { replying: this.isReplying(conversation) });
    this.#link.replied(outcome);
    if (this.id === conversation) {
      this.messages = this.messages.map((message) =>
        message.id === id
          ? { ...message, ...outcome, characters: new ShownText(reply.document.element).text.length, thinking: reply.thinking.toString(), thinkingMs: outcome.thinkingMs ?? reply.thinkingMs }
          : message,
      );
      if (reply.incomplete) {
        this.replies.delete(id);
        this.#bodies.drop(id);
        void this.open(conversation, this.leaf);
      }
    } else {
      this.replies.delete(id);
      this.#library.unread.add(conversation);
    }
    this.#listener.finished(reply);
    void this.sendWaiting(conversation, id, outcome.status === "complete" || outcome.status === "stopped");
  }

  /** Whether a reply runs in a conversation, open or not. */
  isReplying(conversation: string | null): boolean {
    return conversation !== null && [...this.#conversationOf.values()].includes(conversation);
  }

  #leave(): void {
    if (this.id !== null) {
      if (this.bookmark === null) this.#bookmarks.delete(this.id);
      else this.#bookmarks.set(this.id, this.bookmark);
    }
    this.bookmark = null;
    this.anchored = false;
    this.drafts.flush();
    this.#bodies.keep(new Set());
    this.#ended.clear();
    for (const [id, reply] of this.replies) if (reply.outcome !== null) this.replies.delete(id);
  }
}
