// A reply of the imitation: plain paragraphs, sent as Rust sends Markdown.

import { connection, paragraphs } from "./fake-data";
import type { CommandError, Message, Node, Operation, ReplyEvent, ReplyOutcome, ReplyPhase } from "./bindings";

export type Emit = (event: ReplyEvent) => void;

/** The sending end of one reply's channel, which numbers the events. */
export class FakeReply {
  readonly id: string;
  readonly conversation: string;
  readonly stored: Message;
  #emit: Emit;
  #sequence = 0;
  ended = false;

  constructor(stored: Message, conversation: string, emit: Emit) {
    this.id = stored.id;
    this.stored = stored;
    this.conversation = conversation;
    this.#emit = emit;
  }

  started(): void {
    this.#emit({ event: "started", sequence: this.#sequence++ });
  }

  phase(phase: ReplyPhase): void {
    this.#emit({ event: "phase", sequence: this.#sequence++, phase });
  }

  retrying(attempt: number, waitMs: number, error: CommandError): void {
    this.#emit({ event: "retrying", sequence: this.#sequence++, attempt, attempts: 3, waitMs, error });
  }

  delta(text: string, thinking = ""): void {
    if (this.ended) return;
    this.stored.characters += text.length;
    this.stored.thinking += thinking;
    this.#emit({ event: "delta", sequence: this.#sequence++, operations: write(this.stored.blocks, text), thinking });
  }

  /** Skips a number, as when a message is lost on its way. */
  lose(text: string): void {
    write(this.stored.blocks, text);
    this.#sequence += 1;
  }

  /** Sends to another listener from now on, beginning with everything so far. */
  attach(emit: Emit): void {
    this.#emit = emit;
    const { blocks, thinking } = this.stored;
    emit({ event: "snapshot", sequence: this.#sequence - 1, blocks: structuredClone(blocks), thinking, phase: "waiting" });
  }

  finish(more: Partial<ReplyOutcome> = {}): void {
    if (this.ended) return;
    this.ended = true;
    const outcome: ReplyOutcome = {
      status: "complete",
      finishReason: "stop",
      usage: { inputTokens: 20, outputTokens: 120, reasoningTokens: null, totalTokens: 140, cachedTokens: null },
      requestId: "req-1",
      connection: connection(),
      error: null,
      finishedMs: Date.now(),
      firstTokenMs: 420,
      thinkingMs: null,
      ...more,
    };
    Object.assign(this.stored, outcome);
    this.#emit({ event: "finished", sequence: this.#sequence++, outcome });
  }
}

/** Writes plain paragraphs to the end of a reply and says how, as Rust does for Markdown. */
function write(blocks: Node[], text: string): Operation[] {
  if (text === "") return [];
  const last = blocks.at(-1);
  const [first = "", ...rest] = text.split("\n\n");
  const operations: Operation[] = [];
  if (typeof last === "object" && first !== "") {
    last.children = [textOf(last) + first];
    operations.push({ operation: "text", depth: 1, text: first });
  } else if (first !== "") rest.unshift(first);
  const nodes = paragraphs(rest.join("\n\n"));
  if (nodes.length > 0) operations.push({ operation: "children", depth: 0, keep: blocks.length, nodes: structuredClone(nodes) });
  blocks.push(...nodes);
  return operations;
}

/** The text of a node with everything in it. */
export function textOf(node: Node): string {
  return typeof node === "string" ? node : (node.children ?? []).map(textOf).join("");
}
