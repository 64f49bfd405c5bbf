import { expect, it } from "vitest";
import { groupByDay } from "./groups";

const row = (id: string, updatedMs: number) => ({ id, title: id, updatedMs, model: null, replying: false });

it("groups by the calendar day, not by twenty-four hours", () => {
  const now = new Date(2026, 10, 22, 0, 30).getTime();
  const minutes = 60_000;
  const groups = groupByDay([row("now", now), row("before midnight", now - 40 * minutes), row("two days", now - 26 * 60 * minutes)], now);
  expect(groups.map(({ title, rows }) => [title, rows.map(({ id }) => id)])).toEqual([
    ["sidebar.today", ["now"]],
    ["sidebar.yesterday", ["before midnight"]],
    ["sidebar.earlier", ["two days"]],
  ]);
});

it("leaves empty groups out and counts a clock that runs ahead as today", () => {
  const now = Date.now();
  expect(groupByDay([row("ahead", now + 3_600_000)], now).map(({ title }) => title)).toEqual(["sidebar.today"]);
});
