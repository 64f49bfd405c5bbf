// One running reply: turns its events into text and a state. Lives on when another conversation is opened.

import type { ReplyEvent, ReplyOutcome } from "../ipc";
import { GrowingText } from "./growing-text";

export type ReplyPhase = "starting" | "queued" | "connecting" | "waiting" | "thinking" | "answering" | "finished";

export class Reply {
  readonly text = new GrowingText();
  readonly thinking = new GrowingText();
  /** When the request was made, on the page's monotonic clock. */
  readonly startedAt: number;

  phase = $state<ReplyPhase>("starting");
  hasText = $state(false);
  hasThinking = $state(false);
  /** When the first thinking arrived, on the page's monotonic clock. */
  thinkingSince = $state<number | null>(null);
  /** How long it thought, once the answer has begun. */
  thinkingMs = $state<number | null>(null);
  outcome = $state.raw<ReplyOutcome | null>(null);
  /** True when an event is missing: the stored text is then better than ours. */
  incomplete = false;

  #next = 0;
  #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.startedAt = now();
  }

  /** Takes the next event. Events after the last one, and repeated ones, change nothing. */
  receive(event: ReplyEvent): void {
    if (this.outcome !== null || event.sequence < this.#next) return;
    if (event.sequence > this.#next) this.incomplete = true;
    this.#next = event.sequence + 1;
    switch (event.event) {
      case "started":
        break;
      case "phase":
        if (!this.hasText && !this.hasThinking) this.phase = event.phase;
        break;
      case "delta":
        this.#takeThinking(event.thinking);
        this.#takeText(event.text);
        break;
      case "finished":
        this.#endThinking();
        this.phase = "finished";
        this.outcome = event.outcome;
        break;
    }
  }

  #takeThinking(piece: string): void {
    if (piece === "") return;
    if (!this.hasThinking) {
      this.hasThinking = true;
      this.thinkingSince = this.#now();
    }
    if (!this.hasText) this.phase = "thinking";
    this.thinking.append(piece);
  }

  #takeText(piece: string): void {
    if (piece === "") return;
    if (!this.hasText) {
      this.#endThinking();
      this.hasText = true;
      this.phase = "answering";
    }
    this.text.append(piece);
  }

  #endThinking(): void {
    if (this.thinkingSince !== null && this.thinkingMs === null) this.thinkingMs = this.#now() - this.thinkingSince;
  }
}
