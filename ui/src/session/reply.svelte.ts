// One running reply: turns its events into text and a state. Lives on when another conversation is opened.

import type { CommandError, Operation, ReplyEvent, ReplyOutcome } from "../ipc";
import type { ReplyDocument } from "../reply/reply-document";
import { GrowingText } from "./growing-text";

/** A request that is made again. */
export interface Again {
  /** When it is made, on the page's monotonic clock; nothing once it is on its way. */
  at: number | null;
  attempt: number;
  attempts: number;
  /** Why the last one failed. */
  error: CommandError;
}

export type ReplyPhase = "starting" | "queued" | "connecting" | "waiting" | "thinking" | "answering" | "finished";

export class Reply {
  readonly document: ReplyDocument;
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
  /** The request failed and is made again by itself; nothing otherwise. */
  again = $state.raw<Again | null>(null);
  outcome = $state.raw<ReplyOutcome | null>(null);
  /** True when it ended with an event missing: the stored reply is then the better one. */
  incomplete = false;

  #next = 0;
  /** True from a gap to the snapshot that closes it. */
  #waits = false;
  #now: () => number;

  #onGap: () => void;

  /** `onGap` is called once when an event is missing: what is shown has to be asked for anew. */
  constructor(document: ReplyDocument, onGap: () => void = () => undefined, now: () => number = () => performance.now()) {
    this.document = document;
    this.#onGap = onGap;
    this.#now = now;
    this.startedAt = now();
    document.streaming = true;
  }

  /** Takes the next event. Events after the last one, and repeated ones, change nothing. */
  receive(event: ReplyEvent): void {
    if (this.outcome !== null || event.sequence < this.#next) return;
    if (event.event === "snapshot") return this.#replace(event);
    if (event.sequence > this.#next) {
      if (event.event !== "finished") return this.#gap();
      this.incomplete = true;
    }
    this.#next = event.sequence + 1;
    this.#waits = false;
    switch (event.event) {
      case "started":
        break;
      case "phase":
        // Why it is asked again is to be read until somebody answers.
        this.again = this.again === null || event.phase === "waiting" ? null : { ...this.again, at: null };
        if (!this.hasText && !this.hasThinking) this.phase = event.phase;
        break;
      case "retrying":
        this.again = { at: this.#now() + event.waitMs, attempt: event.attempt, attempts: event.attempts, error: event.error };
        break;
      case "delta":
        this.again = null;
        this.#takeThinking(event.thinking);
        this.#takeOperations(event.operations);
        break;
      case "finished":
        this.#endThinking();
        this.again = null;
        this.phase = "finished";
        this.document.flush();
        this.document.streaming = false;
        this.outcome = event.outcome;
        break;
    }
  }

  #takeThinking(piece: string): void {
    if (piece === "") return;
    this.#beginThinking();
    this.thinking.append(piece);
  }

  #beginThinking(): void {
    if (!this.hasThinking) {
      this.hasThinking = true;
      this.thinkingSince = this.#now();
    }
    if (!this.hasText) this.phase = "thinking";
  }

  #takeOperations(operations: Operation[]): void {
    if (operations.length === 0) return;
    // A commit says of words that they stand; it brings none.
    if (operations.some(({ operation }) => operation !== "commit")) this.#beginAnswer();
    this.document.apply(operations);
  }

  #beginAnswer(): void {
    if (this.hasText) return;
    this.#endThinking();
    this.hasText = true;
    this.phase = "answering";
  }

  /** Everything up to here, after an event was lost or the page was loaded anew. */
  #replace(event: Extract<ReplyEvent, { event: "snapshot" }>): void {
    this.#next = event.sequence + 1;
    this.#waits = false;
    this.phase = event.phase;
    this.thinking.replace(event.thinking);
    if (event.thinking !== "") this.#beginThinking();
    this.document.show(event.blocks);
    if (event.blocks.length > 0) this.#beginAnswer();
  }

  #gap(): void {
    if (this.#waits) return;
    this.#waits = true;
    this.#onGap();
  }

  #endThinking(): void {
    if (this.thinkingSince !== null && this.thinkingMs === null) this.thinkingMs = this.#now() - this.thinkingSince;
  }
}
