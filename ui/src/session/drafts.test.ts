import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ipc } from "../ipc";
import { Drafts } from "./drafts";

/** A store whose saves end when the test says so. */
function slowStore() {
  const saved: [string | null, string][] = [];
  const waiting: { end: () => void; fail: () => void }[] = [];
  const ipc = {
    draftSave: (conversation: string | null, text: string) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({
          end: () => {
            saved.push([conversation, text]);
            resolve();
          },
          fail: () => reject(new Error("the disk is full")),
        });
      }),
  } as unknown as Ipc;
  return { drafts: new Drafts(ipc), saved, waiting };
}

const settled = (): Promise<void> => new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(resolve))));

describe("drafts", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are saved a quarter of a second after the last key, once", () => {
    const { drafts, waiting } = slowStore();
    drafts.set("a", "h");
    vi.advanceTimersByTime(200);
    drafts.set("a", "hi");
    vi.advanceTimersByTime(249);
    expect(waiting.length).toBe(0);
    vi.advanceTimersByTime(1);
    expect(waiting.length).toBe(1);
  });

  it("never save an older text after a newer one, however slow the disk is", async () => {
    const { drafts, saved, waiting } = slowStore();
    drafts.set("a", "old");
    drafts.flush();
    drafts.set("a", "new");
    drafts.flush();
    expect(waiting.length).toBe(1);
    waiting[0]?.end();
    await settled();
    expect(waiting.length).toBe(2);
    waiting[1]?.end();
    await settled();
    expect(saved).toEqual([
      ["a", "old"],
      ["a", "new"],
    ]);
  });

  it("are tried again with the next key when they could not be saved", async () => {
    const { drafts, saved, waiting } = slowStore();
    drafts.set("a", "kept");
    drafts.flush();
    waiting[0]?.fail();
    await settled();
    expect(drafts.get("a", "")).toBe("kept");
    drafts.set(null, "other");
    drafts.flush();
    waiting[1]?.end();
    await settled();
    waiting[2]?.end();
    await settled();
    expect(saved).toEqual(expect.arrayContaining([["a", "kept"], [null, "other"]]));
  });
});
