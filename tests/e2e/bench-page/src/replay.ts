// Feeds a sink with recorded steps, as fast as frames come or at 60 steps a second.

/** Shows what a reply holds so far. */
export interface Sink<Step> {
  take(steps: Step[]): void;
  element: HTMLElement;
}

/** How many steps a frame takes while nothing is measured. */
const FAST = 20;

/** Milliseconds of a frame, less what clocks differ by. */
const FRAME = 16;

/** What a measured stretch looked like from inside the page. */
interface Frames {
  frames: number;
  /** Milliseconds between neighbouring frames. */
  gaps: number[];
}

export class Replay<Step> {
  readonly #sink: Sink<Step>;
  readonly #scroller = document.createElement("div");
  #steps: Step[] = [];
  #next = 0;

  constructor(sink: Sink<Step>) {
    this.#sink = sink;
    const column = document.createElement("div");
    // The same window for every sink, by style properties: the app's page allows no style sheets.
    Object.assign(this.#scroller.style, { position: "fixed", inset: "0", zIndex: "1000", overflow: "auto", background: "#fff", color: "#222", font: "16px/1.7 sans-serif" });
    Object.assign(column.style, { maxWidth: "720px", margin: "0 auto", padding: "24px" });
    column.append(sink.element);
    this.#scroller.append(column);
    document.body.append(this.#scroller);
  }

  /** Takes the steps of a whole reply. */
  load(steps: Step[]): void {
    this.#steps = steps;
    this.#next = 0;
  }

  /** Goes on to this step as fast as frames come. */
  async hurry(to: number): Promise<void> {
    while (this.#next < Math.min(to, this.#steps.length)) {
      this.#take(Math.min(to, this.#next + FAST));
      await frame();
    }
  }

  /** Goes on to this step with one step a frame, 60 frames a second at most. */
  async pace(to: number): Promise<Frames> {
    const end = Math.min(to, this.#steps.length);
    let last = await frame();
    let taken = last;
    const gaps: number[] = [];
    while (this.#next < end) {
      const now = await frame();
      gaps.push(now - last);
      last = now;
      if (now - taken < FRAME) continue;
      taken = Math.max(taken + FRAME, now - FRAME);
      this.#take(this.#next + 1);
    }
    return { frames: gaps.length, gaps };
  }

  /** Does nothing for so many frames: what the loop itself costs. */
  async rest(frames: number): Promise<Frames> {
    const gaps: number[] = [];
    let last = await frame();
    for (let count = 0; count < frames; count += 1) {
      const now = await frame();
      gaps.push(now - last);
      last = now;
    }
    return { frames, gaps };
  }

  /** Everything shown, for a check that nothing was left out. */
  shown(): number {
    return this.#sink.element.textContent?.length ?? 0;
  }

  #take(to: number): void {
    if (to <= this.#next) return;
    this.#sink.take(this.#steps.slice(this.#next, to));
    this.#next = to;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}

function frame(): Promise<number> {
  return new Promise((done) => requestAnimationFrame(done));
}

/** Makes a replay the driver can reach. */
export function offer<Step>(sink: Sink<Step>): void {
  Object.defineProperty(window, "replay", { value: new Replay(sink), configurable: true });
}
