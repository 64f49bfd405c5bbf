import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StickToBottom } from "./stick-to-bottom.svelte";

/** A scroll area whose measures are set by hand, with the clamping a browser does. */
class Page {
  readonly scroller = document.createElement("div");
  readonly content = document.createElement("div");
  height = 2_000;
  view = 500;
  #top = 0;

  constructor() {
    this.scroller.append(this.content);
    this.content.append("some text to select");
    document.body.replaceChildren(this.scroller);
    Object.defineProperties(this.scroller, {
      scrollHeight: { get: () => this.height },
      clientHeight: { get: () => this.view },
      scrollTop: { get: () => this.#top, set: (top: number) => this.#move(top) },
    });
  }

  #move(top: number): void {
    this.#top = Math.max(0, Math.min(top, this.height - this.view));
  }

  get top(): number {
    return this.#top;
  }

  get end(): number {
    return this.height - this.view;
  }

  /** The reader drags the scroll bar. */
  drag(top: number): void {
    this.#move(top);
    this.scroller.dispatchEvent(new Event("scroll"));
  }

  wheel(deltaY: number): void {
    this.scroller.dispatchEvent(new WheelEvent("wheel", { deltaY }));
    this.drag(this.#top + deltaY);
  }
}

describe("following a growing reply", () => {
  let page: Page;
  let stick: StickToBottom;
  let release: () => void;

  function grow(by: number): void {
    page.height += by;
    stick.settle();
    page.scroller.dispatchEvent(new Event("scroll"));
  }

  beforeEach(() => {
    page = new Page();
    stick = new StickToBottom();
    release = stick.attach(page.scroller);
    stick.settle();
  });

  afterEach(() => release());

  it("stays at the end while text comes", () => {
    for (let line = 0; line < 20; line += 1) {
      grow(26);
      expect(page.top).toBe(page.end);
    }
    expect(stick.pinned).toBe(true);
  });

  it("lets go at the first wheel upwards and stays where the reader is", () => {
    grow(26);
    page.wheel(-3);
    expect(stick.pinned).toBe(false);
    const reading = page.top;
    grow(300);
    expect(page.top).toBe(reading);
  });

  it("does not take hold again by an upward flick near the end", () => {
    page.wheel(-10);
    page.wheel(-5);
    expect(page.end - page.top).toBeLessThan(48);
    expect(stick.pinned).toBe(false);
  });

  it("takes hold again when the reader scrolls down to the end", () => {
    page.wheel(-600);
    grow(100);
    page.wheel(400);
    expect(stick.pinned).toBe(false);
    page.wheel(400);
    expect(stick.pinned).toBe(true);
    grow(50);
    expect(page.top).toBe(page.end);
  });

  it.each(["PageUp", "Home", "ArrowUp"])("lets go at %s and takes hold at End", (key) => {
    page.scroller.dispatchEvent(new KeyboardEvent("keydown", { key }));
    expect(stick.pinned).toBe(false);
    page.scroller.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
    expect(stick.pinned).toBe(true);
  });

  it("lets go when the scroll bar is dragged", () => {
    page.drag(200);
    expect(stick.pinned).toBe(false);
  });

  it("lets go when the scroll bar is dragged to the very top", () => {
    page.drag(page.end);
    page.drag(0);
    expect(stick.pinned).toBe(false);
  });

  it("lets go when text in it is selected, not when text elsewhere is", () => {
    const outside = document.createElement("p");
    outside.append("outside");
    document.body.append(outside);
    document.getSelection()?.selectAllChildren(outside);
    document.dispatchEvent(new Event("selectionchange"));
    expect(stick.pinned).toBe(true);
    document.getSelection()?.selectAllChildren(page.content);
    document.dispatchEvent(new Event("selectionchange"));
    expect(stick.pinned).toBe(false);
  });

  it("does not mistake a shrinking text for the reader", () => {
    page.height -= 400;
    page.drag(page.top);
    expect(stick.pinned).toBe(true);
  });

  it("does not mistake a view that grows for the reader, as when a long message has been sent", () => {
    page.view = 800;
    page.drag(page.end);
    page.height += 200;
    stick.settle();
    expect(stick.pinned).toBe(true);
    expect(page.top).toBe(page.end);
    page.drag(page.top - 10);
    expect(stick.pinned).toBe(false);
  });

  it("has nothing to let go of while everything fits", () => {
    page.height = 300;
    stick.settle();
    page.wheel(-30);
    expect(stick.pinned).toBe(true);
  });

  it("counts the paragraphs that came since, and forgets them at the end", () => {
    stick.grew(3);
    page.wheel(-200);
    stick.grew(4);
    stick.grew(6);
    expect(stick.news).toBe(3);
    stick.toEnd();
    expect([stick.news, stick.pinned, page.top]).toEqual([0, true, page.end]);
  });

  it("keeps the line being read where it is when something above it closes", () => {
    page.wheel(-300);
    const before = page.top;
    let lineTop = 120;
    const line = document.createElement("p");
    line.getBoundingClientRect = () => ({ top: lineTop }) as DOMRect;
    stick.keepLine(line, () => (lineTop -= 80));
    expect(page.top).toBe(before - 80);
    expect(stick.pinned).toBe(false);
  });
});
