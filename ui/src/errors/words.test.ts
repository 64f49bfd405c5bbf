import { beforeEach, describe, expect, it } from "vitest";
import { setLocale } from "../i18n/index.svelte";
import { commandError } from "../ipc";
import { errorCause } from "./words";

describe("a wait", () => {
  it("is counted as a person counts it", () => {
    setLocale("en");
    const said = [7, 119, 120, 3_600, 7_200, 90_000].map((seconds) => errorCause(commandError("rateLimited", { retryAfterSeconds: seconds })));
    expect(said.map((text) => text.split("again in ")[1])).toEqual(["7 s.", "119 s.", "2 min.", "60 min.", "2 h.", "25 h."]);
  });
});

describe("a certificate out of its time", () => {
  beforeEach(() => setLocale("en"));
  const cause = (kind: "certificateExpired" | "certificateNotYetValid", hours: number | null): string => errorCause(commandError(kind, { host: "h.example", hours }));

  it("t_02 blames the clock only when it is off by more than a day", () => {
    expect(cause("certificateExpired", 0)).toContain("ran out 1 h ago");
    expect(cause("certificateExpired", 24)).not.toContain("clock");
    expect(cause("certificateExpired", 25)).toContain("Check that the clock is right");
    expect(cause("certificateExpired", 49)).toContain("ran out 2 days ago");
    expect(cause("certificateNotYetValid", 3)).toContain("begins in 3 h");
    expect(cause("certificateNotYetValid", 240)).toContain("begins only in 10 days. Most likely the clock is behind");
  });

  it("t_02 says less where it is not known how far", () => {
    expect(cause("certificateExpired", null)).toContain("has run out");
    setLocale("zhCn");
    expect(cause("certificateExpired", 72)).toContain("在 3 天前就过期了");
  });
});
