import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { announcement, announce } from "../design/announcer.svelte";
import { setLocale } from "../i18n/index.svelte";
import { commandError } from "../ipc/ipc";
import type { Node as DocumentNode } from "../ipc";
import { ReplyDocument, type ReplyHost } from "./reply-document";

const lines = (count: number): DocumentNode[] => Array.from({ length: count }, (_, number) => ({ tag: "codeLine", children: [`line ${String(number)}`] }));
const code = (count: number, more: object = {}): DocumentNode => ({ tag: "codeBlock", attributes: { ordinal: 3, language: "rust", ...more }, children: lines(count) });
const hidden: DocumentNode = { tag: "hiddenCharacter", children: ["U+202E"] };
const control: DocumentNode = { tag: "hiddenCharacter", children: ["U+001B"] };
const cell = (text: string): DocumentNode => ({ tag: "cell", children: [text] });
const table: DocumentNode = {
  tag: "table",
  attributes: { ordinal: 1 },
  children: [
    { tag: "tableHead", children: [{ tag: "row", children: [cell("name"), cell("count")] }] },
    { tag: "tableBody", children: [{ tag: "row", children: [cell("bread"), cell("2")] }] },
  ],
};
const link: DocumentNode = { tag: "link", attributes: { address: "https://xn--80ak6aa92e.com/path" }, children: ["apple.com"] };
const image: DocumentNode = { tag: "image", attributes: { address: "https://example.com/a.png", host: "example.com" }, children: ["a cat"] };
const note: DocumentNode = { tag: "footnote", attributes: { number: 1 }, children: [{ tag: "paragraph", children: ["The note."] }] };
const reference: DocumentNode = { tag: "footnoteReference", attributes: { number: 1 } };
const task = (checked: boolean): DocumentNode => ({ tag: "item", attributes: { checked }, children: [{ tag: "paragraph", children: ["a task"] }] });
const paragraph = (...children: DocumentNode[]): DocumentNode => ({ tag: "paragraph", children });

describe("what a reply is used with", () => {
  const copyCode = vi.fn<ReplyHost["copyCode"]>();
  const copyTable = vi.fn<ReplyHost["copyTable"]>();
  const openLink = vi.fn<ReplyHost["openLink"]>();
  const loadImage = vi.fn<ReplyHost["loadImage"]>();
  let reply: ReplyDocument;

  const all = (id: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
  const get = (id: string): HTMLElement => all(id)[0] ?? expect.fail(`nothing is called ${id}`);
  const press = async (id: string): Promise<void> => {
    get(id).click();
    for (let round = 0; round < 8; round += 1) await Promise.resolve();
  };
  function show(...blocks: DocumentNode[]): void {
    reply.show(blocks);
  }

  beforeEach(() => {
    setLocale("en");
    announce("");
    copyCode.mockReset().mockResolvedValue(0);
    copyTable.mockReset().mockResolvedValue();
    openLink.mockReset();
    loadImage.mockReset().mockResolvedValue(new Blob(["png"]));
    reply = new ReplyDocument({ copyCode, copyTable, openLink, loadImage });
    document.body.replaceChildren(reply.element);
  });

  it("copies code and says so for a moment", async () => {
    vi.useFakeTimers();
    show(code(3));
    await press("code-copy");
    expect(copyCode).toHaveBeenCalledExactlyOnceWith(3, false);
    expect(get("code-copy").textContent).toBe("Copied");
    expect(announcement()).toBe("Copied");
    vi.advanceTimersByTime(1_500);
    expect(get("code-copy").textContent).toBe("Copy");
    copyCode.mockRejectedValue(commandError("internal"));
    await press("code-copy");
    expect(get("code-copy").textContent).toBe("Not copied");
    vi.useRealTimers();
  });

  it("asks before code with hidden characters is copied", async () => {
    show({ tag: "codeBlock", attributes: { ordinal: 0 }, children: [{ tag: "codeLine", children: ["if ", hidden, hidden, control] }] });
    await press("code-copy");
    expect(copyCode).not.toHaveBeenCalled();
    expect(document.querySelector(".question")?.textContent).toContain("2 characters");
    expect(announcement()).toContain("2 characters");
    expect(document.activeElement).toBe(get("copy-clean"));
    await press("copy-clean");
    expect(copyCode).toHaveBeenLastCalledWith(0, false);
    expect(document.querySelector(".question")).toBeNull();
    expect(document.activeElement).toBe(get("code-copy"));
    await press("code-copy");
    await press("copy-as-is");
    expect(copyCode).toHaveBeenLastCalledWith(0, true);
    await press("code-copy");
    get("copy-clean").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    expect(document.querySelector(".question")).toBeNull();
    expect(copyCode).toHaveBeenCalledTimes(2);
  });

  it("copies code with control characters alone at once: no copy has them", async () => {
    show({ tag: "codeBlock", attributes: { ordinal: 0 }, children: [{ tag: "codeLine", children: ["echo", control] }] });
    await press("code-copy");
    expect(copyCode).toHaveBeenCalledExactlyOnceWith(0, false);
  });

  it("wraps lines on demand", async () => {
    show(code(3));
    expect(get("code-wrap").getAttribute("aria-pressed")).toBe("false");
    await press("code-wrap");
    expect(get("code-wrap").getAttribute("aria-pressed")).toBe("true");
    expect(document.querySelector(".code-block.wrapped")).not.toBeNull();
  });

  it("folds long code of history, and never what is written before the reader's eyes", async () => {
    show(code(40));
    expect(all("code-fold")).toEqual([]);
    show(code(41));
    expect(get("code-fold").textContent).toBe("Show all 41 lines");
    expect(get("code-fold").getAttribute("aria-expanded")).toBe("false");
    reply.reveal(document.querySelector(".code-line:last-child")?.firstChild ?? document.body);
    expect(document.querySelector(".folded")).toBeNull();
    expect(get("code-fold").textContent).toBe("Show less");
    await press("code-fold");
    expect(document.querySelector(".folded")).not.toBeNull();

    reply.show([]);
    reply.streaming = true;
    reply.apply([{ operation: "children", depth: 0, keep: 0, nodes: [code(60, { open: true })] }]);
    expect(all("code-fold")).toEqual([]);
    reply.apply([{ operation: "attributes", depth: 1, attributes: { ordinal: 3, language: "rust" } }]);
    reply.streaming = false;
    expect(get("code-fold").textContent).toBe("Show less");
    expect(document.querySelector(".folded")).toBeNull();
  });

  it("keeps an empty line of code a line", () => {
    show({ tag: "codeBlock", attributes: { ordinal: 0 }, children: [{ tag: "codeLine" }] });
    expect(document.querySelector(".code-line")?.firstElementChild?.localName).toBe("br");
    reply.apply([{ operation: "children", depth: 2, keep: 0, nodes: ["x"] }]);
    expect([...(document.querySelector(".code-line")?.childNodes ?? [])].map((node) => node.nodeName)).toEqual(["#text"]);
  });

  it("copies a table in two ways, by keyboard too", async () => {
    show(table);
    await press("table-menu");
    expect(get("table-menu").getAttribute("aria-expanded")).toBe("true");
    expect(document.activeElement).toBe(get("table-copy-tabs"));
    get("table-copy-tabs").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    expect(document.activeElement).toBe(get("table-copy-markdown"));
    await press("table-copy-markdown");
    expect(copyTable).toHaveBeenLastCalledWith(1, "markdown");
    expect(document.activeElement).toBe(get("table-menu"));
    expect(get("table-menu").textContent).toBe("Copied");
    expect(all("table-copy-tabs")).toEqual([]);
    await press("table-menu");
    await press("table-copy-tabs");
    expect(copyTable).toHaveBeenLastCalledWith(1, "tabSeparated");
    await press("table-menu");
    get("table-copy-tabs").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    expect(all("table-copy-tabs")).toEqual([]);
    expect(get("table-menu").getAttribute("aria-expanded")).toBe("false");
  });

  it("leads every way of following a link to the sheet", () => {
    show(paragraph(link));
    const shown = document.querySelector<HTMLElement>("[role=link]") ?? expect.fail("no link");
    expect(shown.hasAttribute("href")).toBe(false);
    expect(shown.title).toBe("xn--80ak6aa92e.com");
    const ways = [
      new MouseEvent("click", { bubbles: true, cancelable: true }),
      new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true }),
      new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: true }),
      new MouseEvent("auxclick", { bubbles: true, cancelable: true, button: 1 }),
      new MouseEvent("contextmenu", { bubbles: true, cancelable: true, button: 2 }),
      new KeyboardEvent("keydown", { bubbles: true, cancelable: true, key: "Enter" }),
    ];
    for (const way of ways) {
      shown.dispatchEvent(way);
      expect(way.defaultPrevented).toBe(true);
    }
    expect(openLink).toHaveBeenCalledTimes(ways.length);
    expect(new Set(openLink.mock.calls.map(([address]) => address))).toEqual(new Set(["https://xn--80ak6aa92e.com/path"]));
    shown.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, key: "Enter", isComposing: true }));
    shown.dispatchEvent(new MouseEvent("auxclick", { bubbles: true, button: 2 }));
    expect(openLink).toHaveBeenCalledTimes(ways.length);
  });

  it("opens nothing from a link without an address, from selected words, or from what stands inside of a link", async () => {
    show(paragraph({ tag: "link", children: ["no address yet"] }, { tag: "link", attributes: { address: "https://example.com/" }, children: ["words ", image] }));
    const [pending, ready] = [...document.querySelectorAll<HTMLElement>(".link")];
    expect(pending?.hasAttribute("role")).toBe(false);
    pending?.click();
    document.getSelection()?.selectAllChildren(ready ?? document.body);
    ready?.click();
    document.getSelection()?.removeAllRanges();
    await press("image-load");
    expect(openLink).not.toHaveBeenCalled();
    expect(loadImage).toHaveBeenCalledOnce();
  });

  it("loads an image once asked, and lets its data go", async () => {
    const created = vi.fn(() => "blob:page/1");
    const revoked = vi.fn();
    Object.assign(URL, { createObjectURL: created, revokeObjectURL: revoked });
    HTMLImageElement.prototype.decode = () => Promise.resolve();
    show(paragraph(image));
    expect(get("image-card").textContent).toContain("example.com");
    expect(document.querySelector("img")).toBeNull();
    expect(loadImage).not.toHaveBeenCalled();
    await press("image-load");
    expect(loadImage).toHaveBeenCalledExactlyOnceWith("https://example.com/a.png");
    expect(document.querySelector("img")?.alt).toBe("a cat");
    expect(document.querySelector("img")?.getAttribute("src")).toBe("blob:page/1");
    expect(revoked).toHaveBeenCalledExactlyOnceWith("blob:page/1");
    expect(all("image-load")).toEqual([]);
  });

  it("says in words why an image did not load, and can try again", async () => {
    loadImage.mockRejectedValue(commandError("imageRefused"));
    show(paragraph(image));
    await press("image-load");
    expect(get("image-error").textContent).toBe("The image was not loaded");
    expect(announcement()).toBe("The image was not loaded");
    expect((get("image-load") as HTMLButtonElement).disabled).toBe(false);
    setLocale("zhCn");
    reply.word();
    expect(get("image-error").textContent).not.toBe("The image was not loaded");
  });

  it("leads from a reference to its footnote and back", async () => {
    show(paragraph("words", reference, " and again", reference), note);
    await press("footnote");
    expect(document.activeElement).toBe(document.querySelector(".footnote"));
    await press("footnote-back");
    expect(document.activeElement).toBe(all("footnote")[0]);
    all("footnote")[1]?.click();
    await press("footnote-back");
    expect(document.activeElement).toBe(all("footnote")[1]);
  });

  it("draws tasks that tell their state and cannot be changed", () => {
    show({ tag: "bulletList", children: [task(true), task(false)] });
    const boxes = [...document.querySelectorAll("[role=checkbox]")];
    expect(boxes.map((box) => [box.getAttribute("aria-checked"), box.getAttribute("aria-disabled"), box.getAttribute("aria-label")])).toEqual([
      ["true", "true", "Done"],
      ["false", "true", "Not done"],
    ]);
    expect(document.querySelector("input")).toBeNull();
  });

  it("speaks the language of the page at once", () => {
    show(code(50), table, paragraph(image, reference), note, { tag: "bulletList", children: [task(true)] });
    setLocale("zhCn");
    reply.word();
    const words = [...document.querySelectorAll("button, [role=checkbox], .scroller")].map((control) => control.getAttribute("aria-label") ?? control.textContent);
    expect(words.filter((word) => /[A-Za-z]{3}/.test(word.replace("rust", "")))).toEqual([]);
  });

  it("has no serious finding", async () => {
    show(code(50), table, paragraph("words ", link, image, reference), note, { tag: "bulletList", children: [task(true), task(false)] });
    show(code(50), table, paragraph("words ", link, image, reference), note, { tag: "bulletList", children: [task(true)] });
    await press("code-copy");
    const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
    expect(violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});
