import { describe, expect, it } from "vitest";
import { place } from "./anchored";

const view = { width: 400, height: 700 };
const anchor = (left: number, top: number) => ({ left, right: left + 40, width: 40, top, bottom: top + 30 });

describe("placing a panel", () => {
  it("hangs below its button on the side asked for", () => {
    expect(place(anchor(200, 10), { width: 100, height: 80 }, view, "start")).toEqual({ left: 200, top: 46 });
    expect(place(anchor(200, 10), { width: 100, height: 80 }, view, "end")).toEqual({ left: 140, top: 46 });
    expect(place(anchor(200, 10), { width: 100, height: 80 }, view, "center")).toEqual({ left: 170, top: 46 });
  });

  it("stays inside the window", () => {
    expect(place(anchor(2, 10), { width: 384, height: 80 }, view, "center").left).toBe(8);
    expect(place(anchor(380, 10), { width: 100, height: 80 }, view, "start").left).toBe(292);
  });

  it("goes above where there is no room below", () => {
    expect(place(anchor(200, 650), { width: 100, height: 80 }, view, "end").top).toBe(564);
  });

  it("never starts above the window, however high it is", () => {
    expect(place(anchor(200, 300), { width: 100, height: 900 }, view, "end").top).toBe(8);
  });
});
