import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ImeGuard } from "./ime-guard";

/** A page with a field, a guard on it and a clock that only moves when told. */
function setUp() {
  let now = 10_000;
  const field = document.createElement("textarea");
  document.body.replaceChildren(field);
  const guard = new ImeGuard(() => now);
  const uninstall = guard.install(document);
  return {
    guard,
    uninstall,
    wait: (milliseconds: number) => (now += milliseconds),
    start: () => field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true })),
    end: () => field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true })),
    blur: () => field.dispatchEvent(new FocusEvent("focusout", { bubbles: true })),
    press: (keyCode: number, isComposing: boolean) => guard.owns(new KeyboardEvent("keydown", { key: "Enter", keyCode, isComposing })),
  };
}

describe("keys of an input method", () => {
  it("x_01_enter_that_ends_a_composition_belongs_to_it_in_chromium_order", () => {
    const { start, end, press, wait } = setUp();
    start();
    expect(press(229, true)).toBe(true);
    end();
    wait(200);
    expect(press(13, false)).toBe(false);
  });

  it("x_02_enter_after_the_end_of_a_composition_belongs_to_it_in_wkwebview_order", () => {
    const { start, end, press, wait } = setUp();
    start();
    end();
    wait(5);
    expect(press(229, false)).toBe(true);
  });

  it("x_03_a_later_plain_enter_still_tagged_229_is_the_persons", () => {
    const { start, end, press, wait } = setUp();
    start();
    end();
    expect(press(229, false)).toBe(true);
    wait(30);
    expect(press(229, false)).toBe(false);
    start();
    end();
    wait(501);
    expect(press(229, false)).toBe(false);
  });

  it("does not take 229 alone for a composition", () => {
    const { press } = setUp();
    expect(press(229, false)).toBe(false);
  });

  it("owns every key between the start and the end, whatever its flags say", () => {
    const { start, press } = setUp();
    start();
    expect(press(13, false)).toBe(true);
  });

  it("forgets a composition whose field lost the focus", () => {
    const { start, blur, press } = setUp();
    start();
    blur();
    expect(press(13, false)).toBe(false);
  });

  it("gives every handler of one event the same answer", () => {
    const { guard, start, end } = setUp();
    start();
    end();
    const event = new KeyboardEvent("keydown", { key: "Enter", keyCode: 229 });
    expect([guard.owns(event), guard.owns(event), guard.owns(event)]).toEqual([true, true, true]);
  });

  it("follows nothing once it is taken off the page", () => {
    const { uninstall, start, press } = setUp();
    uninstall();
    start();
    expect(press(13, false)).toBe(false);
  });

  it("never owns a plain key outside a composition and always one inside, in any order of events", () => {
    const step = fc.oneof(
      fc.constant({ do: "start" as const }),
      fc.constant({ do: "end" as const }),
      fc.record({ do: fc.constant("press" as const), keyCode: fc.constantFrom(13, 229), isComposing: fc.boolean() }),
      fc.record({ do: fc.constant("wait" as const), milliseconds: fc.integer({ min: 1, max: 900 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const page = setUp();
        let composing = false;
        let window = Number.NEGATIVE_INFINITY;
        let now = 0;
        for (const one of steps) {
          if (one.do === "start") {
            page.start();
            composing = true;
          } else if (one.do === "end") {
            page.end();
            composing = false;
            window = now + 500;
          } else if (one.do === "wait") {
            page.wait(one.milliseconds);
            now += one.milliseconds;
          } else {
            const confirming = one.keyCode === 229 && now <= window;
            expect(page.press(one.keyCode, one.isComposing)).toBe(one.isComposing || composing || confirming);
            if (!one.isComposing && !composing && one.keyCode === 229) window = Number.NEGATIVE_INFINITY;
          }
        }
        page.uninstall();
      }),
    );
  });
});
