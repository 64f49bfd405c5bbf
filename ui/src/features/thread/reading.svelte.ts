// Keeps a long thread readable while only a run of its messages is in the page: loads more where the reader comes, holds
// the line being read where it is, and lets empty space stand for what is not loaded.

import { tick } from "svelte";
import type { Chat } from "../../session/chat.svelte";
import { wish, type Bookmark } from "../../session/run";
import { StickToBottom } from "./stick-to-bottom.svelte";

/** How high a message is taken to be before one was measured, in CSS pixels. */
const guessedHeight = 160;

export class Reading {
  readonly stick = new StickToBottom();

  #chat: Chat;
  #scroller: HTMLElement | null = null;
  #mean = guessedHeight;
  /** The message that is read, and where it begins below the top of the view. */
  #line: { id: string; top: number } | null = null;
  /** Whether the focus was in the thread before the page changed. */
  #hadFocus = false;
  /** Numbers the places gone to: only the last one is. */
  #goings = 0;
  /** True while a place is loaded that the view still has to be moved to. */
  #going = false;

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  /** Takes charge of the scroll area. The returned function lets go. */
  attach = (scroller: HTMLElement): (() => void) => {
    this.#scroller = scroller;
    const letGo = this.stick.attach(scroller);
    const scrolled = (): void => this.#scrolled();
    const pressed = (event: KeyboardEvent): void => this.#pressed(event);
    scroller.addEventListener("scroll", scrolled, { passive: true });
    scroller.addEventListener("keydown", pressed);
    return () => {
      scroller.removeEventListener("scroll", scrolled);
      scroller.removeEventListener("keydown", pressed);
      letGo();
      this.#scroller = null;
    };
  };

  /** Notes the line being read. Called before the page changes. */
  remember(): void {
    this.#hadFocus = this.#scroller?.contains(document.activeElement) ?? false;
    this.#line = this.stick.pinned ? null : this.#lineBeingRead();
  }

  /** Puts the line back, with space for what is not loaded. Called after the page has changed. */
  restore(): void {
    const scroller = this.#scroller;
    if (scroller === null) return;
    const { from, count, messages } = this.#chat;
    const { span } = this.#extent(scroller);
    if (messages.length > 0 && span > 0) this.#mean = span / messages.length;
    this.#space("before", from);
    this.#space("after", count - from - messages.length);
    const line = this.#line;
    const article = line === null ? null : this.article(line.id);
    if (line !== null && article !== null) this.stick.moveBy(this.#topOf(article, scroller) - line.top);
    this.stick.settle();
    // The focus must not fall out of the thread with a message that is let go.
    if (this.#hadFocus && !scroller.contains(document.activeElement)) scroller.focus({ preventScroll: true });
    this.#load();
  }

  /** Another conversation was opened: shows its end, or the place where it was left. */
  arrive(bookmark: Bookmark | null): void {
    this.#line = null;
    if (bookmark === null) this.stick.toEnd();
    else {
      this.stick.pinned = false;
      void this.goTo(bookmark.position, bookmark.offset);
    }
  }

  /** Loads the place and puts its message at the top of the view, or `offset` below it. */
  async goTo(position: number, offset = 0): Promise<void> {
    await this.#go(position, (article, scroller) => (position === 0 && offset === 0 ? -scroller.scrollTop : this.#topOf(article, scroller) - offset));
  }

  /** Loads the message at a place and brings what `find` finds in it into sight. */
  async reveal(position: number, find: (article: HTMLElement) => Range | null): Promise<void> {
    this.stick.release();
    await this.#go(position, (article, scroller) => {
      const range = find(article);
      const inner = range?.startContainer.parentElement ?? article;
      // Boxes that scroll sideways show the place first; the thread itself is moved below.
      if (range !== null) inner.scrollIntoView({ block: "nearest", inline: "nearest" });
      const box = (range ?? article).getBoundingClientRect();
      const top = box.top - scroller.getBoundingClientRect().top;
      const seen = top >= scroller.clientHeight * 0.1 && top + box.height <= scroller.clientHeight * 0.9;
      return seen ? 0 : top - scroller.clientHeight / 3;
    });
  }

  /** Loads a place and moves the view by what `aim` measures there. */
  async #go(position: number, aim: (article: HTMLElement, scroller: HTMLElement) => number): Promise<void> {
    const going = (this.#goings += 1);
    this.#going = true;
    await this.#chat.goTo(position);
    await tick();
    if (going !== this.#goings) return;
    this.#going = false;
    const message = this.#chat.messages[position - this.#chat.from];
    const scroller = this.#scroller;
    const article = message === undefined ? null : this.article(message.id);
    if (scroller === null || article === null) return;
    this.stick.moveBy(aim(article, scroller));
    this.#noteBookmark();
    this.#load();
  }

  /** The element of a loaded message. */
  article(id: string): HTMLElement | null {
    return [...(this.#scroller?.querySelectorAll<HTMLElement>("article") ?? [])].find((article) => article.dataset["id"] === id) ?? null;
  }

  #scrolled(): void {
    this.#noteBookmark();
    this.#load();
  }

  /** Home and End go there at once: on the engine's own slow way everything in between would be loaded. */
  #pressed(event: KeyboardEvent): void {
    const writes = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
    if (writes || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Home") {
      this.stick.release();
      void this.goTo(0);
    } else if (event.key === "End") this.stick.toEnd();
    else return;
    event.preventDefault();
  }

  #noteBookmark(): void {
    const line = this.stick.pinned ? null : this.#lineBeingRead();
    const index = this.#chat.messages.findIndex(({ id }) => id === line?.id);
    this.#chat.bookmark = line === null || index < 0 ? null : { position: this.#chat.from + index, offset: line.top };
  }

  #load(): void {
    const scroller = this.#scroller;
    const { from, count, messages } = this.#chat;
    if (scroller === null || this.#going || messages.length === 0 || messages.length === count) return;
    const { above, span } = this.#extent(scroller);
    const found = wish({
      run: { from, end: from + messages.length },
      count,
      above,
      span,
      mean: this.#mean,
      top: scroller.scrollTop,
      height: scroller.clientHeight,
    });
    if (found === null) return;
    if ("load" in found) void this.#chat.extend(found.load);
    // Who follows the end is not led elsewhere: the end is loaded instead.
    else if (!this.stick.pinned) void this.goTo(found.goTo);
  }

  #lineBeingRead(): { id: string; top: number } | null {
    const scroller = this.#scroller;
    if (scroller === null) return null;
    const begin = scroller.getBoundingClientRect().top;
    for (const article of scroller.querySelectorAll<HTMLElement>("article")) {
      const box = article.getBoundingClientRect();
      if (box.bottom > begin) return { id: article.dataset["id"] ?? "", top: box.top - begin };
    }
    return null;
  }

  #topOf(article: HTMLElement, scroller: HTMLElement): number {
    return article.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  }

  /** Where the loaded messages begin below the top of all, and how high they are. */
  #extent(scroller: HTMLElement): { above: number; span: number } {
    const turns = scroller.querySelectorAll<HTMLElement>(".turn");
    const [first, last] = [turns[0], turns[turns.length - 1]];
    if (first === undefined || last === undefined) return { above: 0, span: 0 };
    const top = first.getBoundingClientRect().top;
    return { above: top - scroller.getBoundingClientRect().top + scroller.scrollTop, span: last.getBoundingClientRect().bottom - top };
  }

  #space(side: "before" | "after", messages: number): void {
    const space = this.#scroller?.querySelector<HTMLElement>(`[data-space="${side}"]`);
    if (space == null) return;
    space.hidden = messages <= 0;
    space.style.height = `${String(Math.round(Math.max(0, messages) * this.#mean))}px`;
  }
}
