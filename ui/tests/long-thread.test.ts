import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, appState, conversation, message } from "../src/ipc/fake-data";
import { kept } from "../src/session/run";
import { layOut, type Layout } from "./layout";
import { settle, start, type Page } from "./page";

const length = 10_000;
const signedIn = appState({ locale: "en", accounts: [account()], active: "account-1" });

/** `m0` asks, `m1` answers, and so on; every hundredth answer knows of a lighthouse. */
function longConversation() {
  const messages = Array.from({ length }, (_, index) => {
    const parent = index === 0 ? null : `m${String(index - 1)}`;
    const text = index % 100 === 51 ? `Reply ${String(index)}: a Lighthouse, and another lighthouse.` : `Message ${String(index)}`;
    return message(`m${String(index)}`, parent, index % 2 === 0 ? "user" : "assistant", text);
  });
  return conversation("long", "Long", messages);
}

const short = conversation("short", "Short", [message("s0", null, "user", "q"), message("s1", "s0", "assistant", "a lighthouse")]);
const places = (ids: string[]): number[] => ids.map((id) => Number(id.slice(1)));

describe("a conversation of ten thousand messages", () => {
  let page: Page;
  let layout: Layout;

  beforeEach(async () => {
    page = await start({ app: { ...signedIn, lastConversation: "short" }, conversations: [longConversation(), short] });
    layout = layOut();
    await open("long");
  });
  afterEach(() => layout.remove());

  async function open(id: string): Promise<void> {
    page.all("conversation-item").find((row) => row.dataset["id"] === id)?.querySelector("button")?.click();
    await settle();
    await settle();
  }

  async function scrollTo(top: number): Promise<void> {
    layout.scrollTo(top);
    await settle();
    await settle();
  }

  const articles = (): number => document.querySelectorAll("article").length;

  it("opens at its end with few messages in the page", () => {
    expect(articles()).toBeLessThanOrEqual(100);
    expect(layout.seen().at(-1)).toBe("m9999");
    expect(layout.top).toBe(layout.end);
  });

  it("is as long for the scroll bar as its messages are on the mean", () => {
    const mean = layout.end / length;
    expect(mean).toBeGreaterThan(250);
    expect(mean).toBeLessThan(550);
  });

  it("holds every line where it is while the reader goes up, and lets go of what is far", async () => {
    for (let round = 0; round < 80; round += 1) {
      const before = layout.seen().map((id) => ({ id, top: layout.topOf(id) }));
      await scrollTo(layout.top - 500);
      const moved = before.flatMap(({ id, top }) => {
        const now = layout.topOf(id);
        return now === null || top === null ? [] : [now - top];
      });
      expect(moved.length).toBe(before.length);
      for (const by of moved) expect(by).toBe(500);
      expect(articles()).toBeLessThanOrEqual(kept);
    }
    expect(Math.max(...places(layout.seen()))).toBeLessThan(9_930);
    for (let round = 0; round < 40; round += 1) {
      const held = layout.seen()[1] ?? "";
      const top = layout.topOf(held) ?? 0;
      await scrollTo(layout.top + 500);
      expect(layout.topOf(held)).toBe(top - 500);
    }
    expect(articles()).toBeLessThanOrEqual(kept);
  }, 30_000);

  it("shows what is in the middle when the scroll bar is dragged there, and never a blank place", async () => {
    for (const share of [0.5, 0.2, 0.9, 0.01, 0.66]) {
      await scrollTo(layout.end * share);
      const seen = places(layout.seen());
      expect(seen.length).toBeGreaterThan(0);
      expect(Math.abs((seen[0] ?? 0) - length * share)).toBeLessThan(length * 0.15);
      expect(articles()).toBeLessThanOrEqual(kept);
    }
  });

  it("goes to the first message and to the last", async () => {
    page.get("thread").focus();
    await page.press("Home");
    await settle();
    expect(layout.seen()[0]).toBe("m0");
    expect(layout.topOf("m0")).toBe(32);
    await page.press("End");
    await settle();
    expect(layout.seen().at(-1)).toBe("m9999");
    expect(layout.top).toBe(layout.end);
  });

  it("keeps a reply running at its end, and its stop at hand, while the reader is elsewhere", async () => {
    const reply = await page.ask("go on");
    reply.delta("one");
    await scrollTo(layout.end / 3);
    expect(page.session.chat.atEnd).toBe(false);
    expect(page.find("stop")).not.toBeNull();
    expect(page.find("jump-to-latest")).not.toBeNull();
    reply.delta(" two");
    reply.finish();
    await settle();
    expect(page.find("stop")).toBeNull();
    page.get("thread").focus();
    await page.press("End");
    await settle();
    await settle();
    expect(page.all("answer").at(-1)?.textContent).toBe("one two");
  });

  it("is opened again where it was left", async () => {
    await scrollTo(layout.end / 2);
    await scrollTo(layout.top + 120);
    const [first = ""] = layout.seen();
    const top = layout.topOf(first);
    await open("short");
    expect(layout.seen()).toEqual(["s0", "s1"]);
    await open("long");
    expect(layout.seen()[0]).toBe(first);
    expect(layout.topOf(first)).toBe(top);
  });

  it("keeps the focus in the thread when the message that had it is let go", async () => {
    document.querySelector<HTMLElement>("article")?.focus();
    await scrollTo(layout.end / 2);
    expect(document.activeElement).toBe(page.get("thread"));
  });

  describe("is searched", () => {
    async function search(query: string): Promise<void> {
      await page.press("f", { ctrlKey: true });
      await page.type("find-input", query);
      await new Promise((resolve) => setTimeout(resolve, 150));
      await settle();
      await settle();
    }
    const marked = (name: string): string[] => [...(CSS.highlights.get(name) ?? [])].map(String);

    it("all of it, and each place is gone to and marked", async () => {
      await scrollTo(0);
      await search("LIGHTHOUSE");
      expect(page.get("find-count").textContent).toBe("1/200");
      expect(layout.seen()).toContain("m51");
      expect(marked("found-current")).toEqual(["Lighthouse"]);
      await page.press("Enter");
      expect(page.get("find-count").textContent).toBe("2/200");
      expect(marked("found-current")).toEqual(["lighthouse"]);
      await page.press("Enter");
      await settle();
      await settle();
      expect(layout.seen()).toContain("m151");
      await page.press("Enter", { shiftKey: true });
      await page.press("F3", { shiftKey: true });
      await page.press("Enter", { shiftKey: true });
      await settle();
      await settle();
      expect(page.get("find-count").textContent).toBe("200/200");
      expect(layout.seen()).toContain("m9951");
      expect(articles()).toBeLessThanOrEqual(kept);
    });

    it("from the reader's place on", async () => {
      await scrollTo(layout.end / 2);
      await search("lighthouse");
      const [here = 0] = places(layout.seen());
      expect(Math.abs(here - length / 2)).toBeLessThan(length * 0.15);
    });

    it("and says when nothing matches, and forgets at Escape, with the focus back", async () => {
      page.get("composer").focus();
      await search("nothing says this");
      expect(page.get("find-count").textContent).toBe("No matches");
      await page.type("find-input", "");
      expect(page.get("find-count").textContent).toBe("");
      await search("lighthouse");
      expect(CSS.highlights.size).toBe(2);
      await page.press("Escape");
      expect(page.find("find-bar")).toBeNull();
      expect(CSS.highlights.size).toBe(0);
      expect(document.activeElement).toBe(page.get("composer"));
    });

    it("never by the Enter of an input method, and never stops a reply by its Escape", async () => {
      await page.ask("go on");
      await search("lighthouse");
      const before = page.get("find-count").textContent;
      page.get("find-input").dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
      await page.press("Enter", { isComposing: true, keyCode: 229 });
      expect(page.get("find-count").textContent).toBe(before);
      page.get("find-input").dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
      await page.press("Escape");
      expect(page.ipc.calls).not.toContain("replyStop");
    });

    it("in another conversation when that is opened", async () => {
      await search("lighthouse");
      await open("short");
      await new Promise((resolve) => setTimeout(resolve, 150));
      await settle();
      expect(page.get("find-count").textContent).toBe("1/1");
    });
  });
});
