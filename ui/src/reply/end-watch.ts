// Tells whether the reader is at the end of a reply that is being written.
//
// Somebody who has gone up gets every group laid out: one that is laid out only when it comes into sight makes the rest jump.

export class EndWatch {
  #reply: HTMLElement;
  #observer: IntersectionObserver | null = null;
  #watched: HTMLElement | null = null;

  constructor(reply: HTMLElement) {
    this.#reply = reply;
  }

  /** Watches the reply's last group from now on. */
  follow(last: HTMLElement): void {
    if (last === this.#watched || !helps()) return;
    this.#observer ??= new IntersectionObserver((entries) => {
      this.#reply.classList.toggle("at-end", entries.at(-1)?.isIntersecting === true);
    });
    if (this.#watched !== null) this.#observer.unobserve(this.#watched);
    this.#watched = last;
    this.#observer.observe(last);
  }

  leave(): void {
    this.#observer?.disconnect();
    this.#observer = null;
    this.#watched = null;
    this.#reply.classList.remove("at-end");
  }
}

/** The stylesheet asks the same. */
function helps(): boolean {
  return "CSS" in window && "supports" in CSS && CSS.supports("math-depth: auto-add");
}
