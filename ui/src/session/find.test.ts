import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { commandError, type Found } from "../ipc";
import { Find } from "./find.svelte";

function found(query: string, ...positions: number[]): Found {
  return { query, cut: false, hits: positions.map((position) => ({ position, message: `m${String(position)}`, index: 0 })) };
}

describe("finding", () => {
  let asked: { query: string; answer: (found: Found) => void; refuse: (error: unknown) => void }[];
  let here: number;
  let find: Find;

  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    here = 0;
    find = new Find((query) => new Promise((answer, refuse) => asked.push({ query, answer, refuse })), () => here);
  });
  afterEach(() => vi.useRealTimers());

  const flush = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

  it("waits for the typing to pause", async () => {
    for (const query of ["l", "li", "lig"]) {
      find.type(query);
      await vi.advanceTimersByTimeAsync(60);
    }
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(120);
    expect(asked.map(({ query }) => query)).toEqual(["lig"]);
  });

  it("drops the answer to an older question", async () => {
    find.type("a");
    await vi.advanceTimersByTimeAsync(120);
    find.type("ab");
    await vi.advanceTimersByTimeAsync(120);
    asked[1]?.answer(found("ab", 4));
    await flush();
    asked[0]?.answer(found("a", 1, 2, 3));
    await flush();
    expect(find.searched).toBe("ab");
    expect(find.hits.length).toBe(1);
  });

  it("begins where the reader is, goes on and back, and round at the ends", async () => {
    here = 5;
    find.type("x");
    void find.step(1);
    asked[0]?.answer(found("x", 1, 4, 7, 9));
    await flush();
    expect(find.current?.position).toBe(7);
    const path: (number | undefined)[] = [];
    for (const steps of [1, 1, -1, -1]) {
      await find.step(steps);
      path.push(find.current?.position);
    }
    expect(path).toEqual([9, 1, 9, 7]);
  });

  it("takes the last place where none comes after the reader", async () => {
    here = 20;
    find.type("x");
    void find.step(1);
    asked[0]?.answer(found("x", 1, 4));
    await flush();
    expect(find.current?.position).toBe(4);
  });

  it("stays at its place when more is found", async () => {
    find.type("x");
    void find.step(1);
    asked[0]?.answer(found("x", 1, 4, 7));
    await flush();
    await find.step(1);
    find.refresh();
    asked[1]?.answer(found("x", 0, 1, 4, 7, 9));
    await flush();
    expect([find.index, find.current?.position]).toEqual([2, 4]);
  });

  it("finds nothing of nothing and forgets when it is closed", async () => {
    find.type("x");
    void find.step(1);
    asked[0]?.answer(found("x", 1));
    await flush();
    find.close();
    expect([find.hits.length, find.index, find.open]).toEqual([0, -1, false]);
    find.type("");
    await vi.advanceTimersByTimeAsync(200);
    expect(asked.length).toBe(1);
  });

  it("says why it could not search, until it could", async () => {
    find.type("x");
    void find.step(1);
    asked[0]?.refuse(commandError("storageBusy"));
    await flush();
    expect(find.error?.kind).toBe("storageBusy");
    void find.step(1);
    asked[1]?.answer(found("x", 1));
    await flush();
    expect(find.error).toBeNull();
  });
});
