import { describe, expect, it } from "vitest";
import { commandError, type Operation, type ReplyEvent, type ReplyOutcome } from "../ipc";
import { countWords } from "./count-words";
import { GrowingText } from "./growing-text";
import type { ReplyHost } from "../reply/host";
import { ReplyDocument } from "../reply/reply-document";
import { Reply } from "./reply.svelte";

const host: ReplyHost = {
  copyCode: () => Promise.resolve(0),
  copyTable: () => Promise.resolve(),
  openLink: () => undefined,
  loadImage: () => Promise.resolve(new Blob()),
};
const begin = (onGap?: () => void, now?: () => number): Reply => new Reply(new ReplyDocument(host), onGap, now);
const shown = (reply: Reply): string => {
  reply.document.flush();
  return reply.document.element.textContent;
};

const outcome: ReplyOutcome = {
  status: "complete", finishReason: "stop", usage: null, requestId: null, connection: null, error: null, finishedMs: 1, firstTokenMs: 2, thinkingMs: null,
};

function delta(sequence: number, text: string, thinking = ""): ReplyEvent {
  const operations: Operation[] = text === "" ? [] : [{ operation: "children", depth: 0, keep: sequence, nodes: [{ tag: "paragraph", children: [text] }] }];
  return { event: "delta", sequence, operations, thinking };
}

describe("a running reply", () => {
  it("goes from connecting over thinking to the answer", () => {
    let now = 0;
    const reply = begin(undefined, () => now);
    const phases = [reply.phase];
    const events: ReplyEvent[] = [
      { event: "started", sequence: 0 },
      { event: "phase", sequence: 1, phase: "connecting" },
      { event: "phase", sequence: 2, phase: "waiting" },
      delta(3, "", "hm"),
      delta(4, "Yes", ""),
      { event: "finished", sequence: 5, outcome },
    ];
    for (const event of events) {
      now += 1_000;
      reply.receive(event);
      phases.push(reply.phase);
    }
    expect(phases).toEqual(["starting", "starting", "connecting", "waiting", "thinking", "answering", "finished"]);
    expect(shown(reply)).toBe("Yes");
    expect(reply.thinking.toString()).toBe("hm");
    expect(reply.thinkingMs).toBe(1_000);
    expect(reply.incomplete).toBe(false);
  });

  it("has no text by a commit alone, with which a reply that failed at once ends", () => {
    const reply = begin();
    reply.receive({ event: "delta", sequence: 0, operations: [{ operation: "commit", blocks: 0 }], thinking: "" });
    expect(reply.hasText).toBe(false);
    reply.receive(delta(1, "Yes"));
    expect(reply.hasText).toBe(true);
  });

  it("ends the clock of a reply that only thought", () => {
    let now = 0;
    const reply = begin(undefined, () => now);
    reply.receive(delta(0, "", "hm"));
    now = 2_500;
    reply.receive({ event: "finished", sequence: 1, outcome: { ...outcome, status: "failed", error: commandError("stalled") } });
    expect(reply.thinkingMs).toBe(2_500);
  });

  it("takes each event once and none after the last", () => {
    const reply = begin();
    reply.receive(delta(0, "a"));
    reply.receive(delta(0, "a"));
    reply.receive({ event: "finished", sequence: 1, outcome });
    reply.receive(delta(2, "late"));
    expect(shown(reply)).toBe("a");
  });

  it("asks once for everything when an event is missing, and goes on from there", () => {
    let asked = 0;
    const reply = begin(() => (asked += 1));
    reply.receive(delta(0, "a"));
    reply.receive(delta(2, "c"));
    reply.receive(delta(3, "d"));
    expect(asked).toBe(1);
    expect(shown(reply)).toBe("a");
    const blocks = ["a", "b", "c", "d"].map((text) => ({ tag: "paragraph" as const, children: [text] }));
    reply.receive({ event: "snapshot", sequence: 3, blocks, thinking: "", phase: "waiting" });
    reply.receive(delta(4, "e"));
    expect(shown(reply)).toBe("abcde");
    expect(asked).toBe(1);
  });

  it("knows that its end is not all of it", () => {
    const reply = begin();
    reply.receive(delta(0, "a"));
    reply.receive({ event: "finished", sequence: 2, outcome });
    expect(reply.incomplete).toBe(true);
  });
});

describe("growing text", () => {
  it("gives a follower what was there and what comes, until it leaves", () => {
    const text = new GrowingText("a");
    const got: string[] = [];
    text.append("b");
    const leave = text.follow((piece) => got.push(piece));
    text.append("");
    text.append("c");
    leave();
    text.append("d");
    expect(got).toEqual(["ab", "c"]);
    expect(text.toString()).toBe("abcd");
    expect(text.length).toBe(4);
  });
});

describe("counting words", () => {
  it.each([
    ["", 0],
    ["Two words", 2],
    ["don’t count twice", 3],
    ["通义千问", 4],
    ["用 Qwen3 写 SQL。", 4],
  ])("counts %j as %i", (text, count) => {
    expect(countWords(text)).toBe(count);
  });
});
