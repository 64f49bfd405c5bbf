import { assert, property, integer, record, constantFrom, array } from "fast-check";
import { describe, expect, it } from "vitest";
import { around, extended, kept, step, wish, type Run } from "./run";

const counts = integer({ min: 1, max: 12_000 });

describe("the loaded run of a branch", () => {
  it("stays within the branch, is never too long and keeps its neighbours whatever the reader does", () => {
    const moves = array(constantFrom("before" as const, "after" as const), { maxLength: 60 });
    assert(
      property(counts, integer({ min: 0, max: 12_000 }), moves, (count, start, path) => {
        let run: Run = around(Math.min(start, count - 1), count);
        for (const direction of path) {
          const next = extended(run, count, direction);
          expect(next.from).toBeGreaterThanOrEqual(0);
          expect(next.end).toBeLessThanOrEqual(count);
          expect(next.end - next.from).toBeLessThanOrEqual(kept);
          // Something of what was shown stays, so there is a line to hold on to.
          expect(Math.min(run.end, next.end)).toBeGreaterThan(Math.max(run.from, next.from));
          if (direction === "before") expect(next.from).toBe(Math.max(0, run.from - step));
          else expect(next.end).toBe(Math.min(count, run.end + step));
          run = next;
        }
      }),
    );
  });

  it("holds the place it was made for", () => {
    assert(
      property(counts, integer({ min: -5, max: 13_000 }), (count, wanted) => {
        const place = Math.min(Math.max(0, wanted), count - 1);
        const run = around(wanted, count);
        expect(run.from).toBeLessThanOrEqual(place);
        expect(run.end).toBeGreaterThan(place);
      }),
    );
  });
});

describe("what a reader needs", () => {
  const sights = record({
    count: integer({ min: 1, max: 12_000 }),
    place: integer({ min: 0, max: 11_999 }),
    mean: integer({ min: 20, max: 900 }),
    top: integer({ min: 0, max: 12_000_000 }),
    height: integer({ min: 100, max: 2_000 }),
  });

  it("is always within the branch, and never a place that is loaded", () => {
    assert(
      property(sights, ({ count, place, mean, top, height }) => {
        const run = around(place, count);
        const above = run.from * mean;
        const found = wish({ run, count, above, span: (run.end - run.from) * mean, mean, top: Math.min(top, count * mean), height });
        if (found === null) return;
        if ("goTo" in found) {
          expect(found.goTo).toBeGreaterThanOrEqual(0);
          expect(found.goTo).toBeLessThan(count);
          expect(found.goTo < run.from || found.goTo >= run.end).toBe(true);
        } else if (found.load === "before") expect(run.from).toBeGreaterThan(0);
        else expect(run.end).toBeLessThan(count);
      }),
    );
  });

  it.each([
    ["nothing in the middle of what is loaded", 5_000, null],
    ["more before near its beginning", 4_100, { load: "before" }],
    ["more after near its end", 11_000, { load: "after" }],
    ["another place in the space before", 1_000, { goTo: 10 }],
    ["another place in the space after", 14_000, { goTo: 140 }],
  ])("is %s", (_, top, expected) => {
    expect(wish({ run: { from: 40, end: 120 }, count: 1_000, above: 4_000, span: 8_000, mean: 100, top, height: 600 })).toEqual(expected);
  });

  it("is nothing where all is loaded", () => {
    expect(wish({ run: { from: 0, end: 3 }, count: 3, above: 32, span: 300, mean: 100, top: 0, height: 600 })).toBeNull();
  });
});
