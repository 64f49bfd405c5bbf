// Tells which key presses belong to an input method. Every key handler of the page asks here first.
//
// `isComposing` is not enough: WKWebView ends the composition before the confirming key press, which then carries
// key code 229. And 229 alone is too much: WKWebView keeps it on plain keys while a Chinese input source is active.

const confirmWindowMilliseconds = 500;
const imeKeyCode = 229;

export class ImeGuard {
  #composing = false;
  #endedAt: number | null = null;
  #answered: { event: KeyboardEvent; belongs: boolean } | null = null;
  #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Follows the compositions inside `target`; the returned function stops that. */
  install(target: EventTarget): () => void {
    const start = (): void => {
      this.#composing = true;
    };
    const end = (): void => {
      this.#composing = false;
      this.#endedAt = this.#now();
    };
    // A composition whose field loses the focus may never report its end.
    const blur = (): void => {
      this.#composing = false;
    };
    target.addEventListener("compositionstart", start, true);
    target.addEventListener("compositionend", end, true);
    target.addEventListener("focusout", blur, true);
    return () => {
      target.removeEventListener("compositionstart", start, true);
      target.removeEventListener("compositionend", end, true);
      target.removeEventListener("focusout", blur, true);
    };
  }

  /** True when the key press is the input method's. The same event always gets the same answer. */
  owns(event: KeyboardEvent): boolean {
    if (this.#answered?.event === event) return this.#answered.belongs;
    const belongs = this.#decide(event);
    this.#answered = { event, belongs };
    return belongs;
  }

  #decide(event: KeyboardEvent): boolean {
    if (event.isComposing || this.#composing) return true;
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- no other property tells an input method's key
    if (event.keyCode !== imeKeyCode || this.#endedAt === null) return false;
    const recent = this.#now() - this.#endedAt <= confirmWindowMilliseconds;
    this.#endedAt = null;
    return recent;
  }
}

/** The page's guard. */
export const ime = new ImeGuard();
