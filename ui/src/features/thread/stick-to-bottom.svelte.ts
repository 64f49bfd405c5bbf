// The one owner of the thread's scroll position: follows a growing reply until the reader moves away.
//
// A scroll event is ours when it lands where we last put the view. Everything else was the reader: upwards lets go at
// once, only a downward move that reaches the end takes hold again. WebKit has no scroll anchoring to rely on.

/** This close to the end counts as being there, in CSS pixels. */
const nearPixels = 48;

export class StickToBottom {
  pinned = $state(true);
  /** Paragraphs that arrived since the reader moved away. */
  news = $state(0);

  #scroller: HTMLElement | null = null;
  #expected: number | null = null;
  #lastTop = 0;
  #lastHeight = 0;
  #lastView = 0;
  #paragraphs = 0;

  /** Takes charge of `scroller`, whose only child is the content. The returned function lets go. */
  attach = (scroller: HTMLElement): (() => void) => {
    this.#scroller = scroller;
    const observer = new ResizeObserver(() => this.settle());
    observer.observe(scroller);
    if (scroller.firstElementChild !== null) observer.observe(scroller.firstElementChild);
    const listeners: [keyof HTMLElementEventMap, (event: never) => void][] = [
      ["scroll", () => this.#scrolled()],
      ["wheel", (event: WheelEvent) => event.deltaY < 0 && this.release()],
      ["touchmove", () => this.release()],
      ["keydown", (event: KeyboardEvent) => this.#key(event)],
    ];
    for (const [name, listener] of listeners) scroller.addEventListener(name, listener as EventListener, { passive: true });
    const selected = (): void => this.#selected();
    document.addEventListener("selectionchange", selected);
    return () => {
      observer.disconnect();
      for (const [name, listener] of listeners) scroller.removeEventListener(name, listener as EventListener);
      document.removeEventListener("selectionchange", selected);
      this.#scroller = null;
    };
  };

  /** Goes to the end and follows it from now on. */
  toEnd(): void {
    this.pinned = true;
    this.news = 0;
    this.settle();
  }

  /** Stops following. Does nothing while everything fits in the view. */
  release(): void {
    const scroller = this.#scroller;
    if (scroller === null || scroller.scrollHeight <= scroller.clientHeight) return;
    this.pinned = false;
  }

  /** Puts the view at the end when it is followed. Called when anything changes its size. */
  settle(): void {
    const scroller = this.#scroller;
    if (scroller === null) return;
    if (this.pinned) {
      scroller.scrollTop = scroller.scrollHeight;
      this.#expected = scroller.scrollTop;
      this.#lastTop = scroller.scrollTop;
    }
    this.#measure(scroller);
  }

  /** Tells how many paragraphs a growing reply has: new ones are counted while the reader is elsewhere. */
  grew(paragraphs: number): void {
    if (!this.pinned && paragraphs > this.#paragraphs) this.news += paragraphs - this.#paragraphs;
    this.#paragraphs = paragraphs;
  }

  /** Runs a change above the reading line without moving that line. */
  keepLine(line: HTMLElement, change: () => void): void {
    const before = line.getBoundingClientRect().top;
    change();
    if (!this.pinned) this.moveBy(line.getBoundingClientRect().top - before);
  }

  /** Moves the view, without this being the reader's doing. */
  moveBy(pixels: number): void {
    const scroller = this.#scroller;
    if (scroller === null || pixels === 0) return;
    scroller.scrollTop += pixels;
    this.#expected = scroller.scrollTop;
    this.#lastTop = scroller.scrollTop;
    this.#measure(scroller);
  }

  #scrolled(): void {
    const scroller = this.#scroller;
    if (scroller === null) return;
    const top = scroller.scrollTop;
    const ours = this.#expected !== null && Math.abs(top - this.#expected) <= 1;
    // With less text, or a taller view, the engine itself moves the view up to the end there is now.
    const shrunk = scroller.scrollHeight < this.#lastHeight || scroller.clientHeight > this.#lastView;
    if (!ours && top < this.#lastTop - 1 && !shrunk) this.release();
    if (!ours && top > this.#lastTop && this.#distance(scroller) <= nearPixels) this.#hold();
    this.#lastTop = top;
    this.#measure(scroller);
    this.#expected = null;
  }

  #measure({ scrollHeight, clientHeight }: HTMLElement): void {
    this.#lastHeight = scrollHeight;
    this.#lastView = clientHeight;
  }

  #hold(): void {
    this.pinned = true;
    this.news = 0;
  }

  #key(event: KeyboardEvent): void {
    // The keys of a field in the thread move its cursor.
    if (event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement) return;
    if (event.key === "End") this.toEnd();
    else if (["PageUp", "Home", "ArrowUp"].includes(event.key)) this.release();
  }

  #selected(): void {
    const selection = document.getSelection();
    if (selection === null || selection.isCollapsed || selection.anchorNode === null) return;
    if (this.#scroller?.contains(selection.anchorNode) === true) this.release();
  }

  #distance(scroller: HTMLElement): number {
    return scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  }
}
