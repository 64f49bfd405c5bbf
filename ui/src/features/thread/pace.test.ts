import { describe, expect, it } from "vitest";
import { message } from "../../ipc/fake-data";
import { tokensPerSecond } from "./pace";

const usage = (outputTokens: number | null) => ({ inputTokens: 1, outputTokens, reasoningTokens: null, totalTokens: null, cachedTokens: null });
const reply = { createdMs: 1_000, firstTokenMs: 500, finishedMs: 6_500, usage: usage(200) };

describe("the pace of a reply", () => {
  it.each([
    ["is the tokens by the time after the first one", reply, 40],
    ["has a decimal where it is slow", { ...reply, usage: usage(12) }, 2.4],
    ["is not known without the vendor's count", { ...reply, usage: null }, null],
    ["is not known without a first token", { ...reply, firstTokenMs: null }, null],
    ["is not known of a reply that has not ended", { ...reply, finishedMs: null }, null],
    ["is not said of a moment", { ...reply, finishedMs: 1_600 }, null],
  ])("%s", (_, more, expected) => {
    expect(tokensPerSecond(message("a", "q", "assistant", "text", more))).toBe(expected);
  });
});
