import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { applyToModel, readModel, readPage } from "../../tests/document-model";
import { RandomDocument } from "../../tests/random-document";
import { setLocale } from "../i18n/index.svelte";
import type { Node as DocumentNode, Operation } from "../ipc";
import { ReplyDocument, type ReplyHost } from "./reply-document";

const host: ReplyHost = {
  copyCode: () => Promise.resolve(0),
  copyTable: () => Promise.resolve(),
  openLink: () => undefined,
  loadImage: () => Promise.reject(new Error("none")),
};

const paragraph = (...children: DocumentNode[]): DocumentNode => ({ tag: "paragraph", children });
const line = (...children: DocumentNode[]): DocumentNode => ({ tag: "codeLine", children });
const code = (...children: DocumentNode[]): DocumentNode => ({ tag: "codeBlock", attributes: { ordinal: 0, open: true }, children });
const children = (depth: number, keep: number, ...nodes: DocumentNode[]): Operation => ({ operation: "children", depth, keep, nodes });
const text = (depth: number, more: string): Operation => ({ operation: "text", depth, text: more });

function texts(container: Element): Text[] {
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as Text);
  return found;
}

describe("a reply's document", () => {
  let reply: ReplyDocument;

  /** Applies each list in a frame of its own. */
  function apply(...operations: Operation[]): void {
    reply.apply(operations);
    reply.flush();
  }

  beforeEach(() => {
    setLocale("en");
    reply = new ReplyDocument(host);
    document.body.replaceChildren(reply.element);
  });

  it("is what the model is after any operations", () => {
    fc.assert(
      fc.property(fc.gen(), fc.boolean(), (random, live) => {
        const make = new RandomDocument((below) => random(fc.nat, { max: Math.max(0, below - 1) }));
        const model = make.blocks(20);
        const page = new ReplyDocument(host);
        page.streaming = live;
        page.show(structuredClone(model));
        expect(readPage(page.element)).toEqual(readModel(model));
        for (let round = 0; round < 12; round += 1) {
          const operations = [make.operation(model)];
          applyToModel(model, operations);
          page.apply(structuredClone(operations));
          page.flush();
          expect(readPage(page.element)).toEqual(readModel(model));
        }
        page.streaming = false;
        expect(readPage(page.element)).toEqual(readModel(model));
      }),
      // Making a failure smaller takes minutes; its seed is enough to find it again.
      { numRuns: 100, endOnFailure: true },
    );
  }, 60_000);

  it("ignores what names a place that is not there", () => {
    apply(children(0, 0, paragraph("words")));
    apply(text(3, "lost"), children(5, 0, "lost"), { operation: "attributes", depth: 4, attributes: {} }, { operation: "repair", block: 7, node: paragraph("lost") });
    expect(reply.element.textContent).toBe("words");
  });

  it("groups its blocks, and takes groups away with them", () => {
    apply(children(0, 0, ...Array.from({ length: 40 }, (_, number) => paragraph(String(number)))));
    const sizes = (): number[] => [...reply.element.children].map(({ childElementCount }) => childElementCount);
    expect(sizes()).toEqual([16, 16, 8]);
    apply(children(0, 32));
    expect(sizes()).toEqual([16, 16]);
    apply(children(0, 31, paragraph("a"), paragraph("b")));
    expect(sizes()).toEqual([16, 16, 1]);
    apply({ operation: "repair", block: 17, node: paragraph("repaired") });
    expect(reply.element.children[1]?.children[1]?.textContent).toBe("repaired");
  });

  it("touches nothing that stands", async () => {
    apply(children(0, 0, paragraph("first"), code(line("let a")), paragraph("open")));
    const records: MutationRecord[] = [];
    const observer = new MutationObserver((found) => records.push(...found));
    observer.observe(reply.element, { subtree: true, childList: true, characterData: true });
    const standing = [...(reply.element.firstElementChild?.children ?? [])].slice(0, 2);
    const opened = reply.element.querySelector("p:last-child")?.firstChild;
    for (let word = 0; word < 200; word += 1) apply(text(1, ` word${String(word)}`));
    apply(children(1, 1, { tag: "strong", children: ["bold"] }), children(0, 3, paragraph("next")));
    await Promise.resolve();
    observer.disconnect();
    expect(records.length).toBeGreaterThan(200);
    expect(records.filter(({ target }) => standing.some((block) => block.contains(target)))).toEqual([]);
    expect(records.flatMap(({ removedNodes }) => [...removedNodes])).toEqual([]);
    expect(opened?.isConnected).toBe(true);
  });

  it("changes the page equally little however long the reply is", async () => {
    const changes: number[] = [];
    const observer = new MutationObserver((found) => changes.push(found.length));
    observer.observe(reply.element, { subtree: true, childList: true, characterData: true, attributes: true });
    reply.streaming = true;
    for (let round = 0; round < 2_000; round += 1) {
      apply(round % 10 === 0 ? children(0, round / 10, paragraph("Begun")) : text(1, " word"));
      await Promise.resolve();
    }
    observer.disconnect();
    expect(Math.max(...changes.slice(-100))).toBeLessThanOrEqual(8);
  });

  it("applies at once when the frame is free and then once a frame", () => {
    const frames: FrameRequestCallback[] = [];
    vi.spyOn(globalThis, "requestAnimationFrame").mockImplementation((callback) => frames.push(callback));
    const grown: number[] = [];
    reply.ongrow = (blocks) => grown.push(blocks);
    reply.apply([children(0, 0, paragraph("one "))]);
    expect(reply.element.textContent).toBe("one ");
    reply.apply([text(1, "two ")]);
    reply.apply([text(1, "three"), children(0, 1, paragraph("four"))]);
    expect(reply.element.textContent).toBe("one ");
    frames.shift()?.(16);
    expect(reply.element.textContent).toBe("one two threefour");
    expect(grown).toEqual([1, 2]);
    frames.shift()?.(32);
    expect(frames).toEqual([]);
  });

  it("shows nothing after it was closed, and a snapshot in place of everything", () => {
    const frames: FrameRequestCallback[] = [];
    vi.spyOn(globalThis, "requestAnimationFrame").mockImplementation((callback) => frames.push(callback));
    reply.apply([children(0, 0, paragraph("kept"))]);
    reply.apply([text(1, " lost")]);
    reply.show([paragraph("whole"), paragraph("answer")]);
    frames.shift()?.(16);
    expect(reply.element.textContent).toBe("wholeanswer");
    expect(reply.empty).toBe(false);
    reply.apply([text(1, " grows")]);
    reply.apply([text(1, " lost")]);
    reply.close();
    frames.shift()?.(32);
    expect(reply.element.textContent).toBe("wholeanswer grows");
    reply.show([]);
    expect(reply.empty).toBe(true);
  });

  it("keeps every text node small, every character whole, and cuts alike however a text arrived", () => {
    const long = "一个很长的段落，" + "😀words of it. ".repeat(3_000);
    apply(children(0, 0, paragraph("")));
    reply.show([paragraph("")]);
    apply(children(1, 0, long.slice(0, 7)));
    for (let at = 7; at < long.length; ) {
      const next = Math.min(long.length, at + 997 + (long.charCodeAt(at + 996) >= 0xd800 && long.charCodeAt(at + 996) <= 0xdbff ? 1 : 0));
      apply(text(1, long.slice(at, next)));
      at = next;
    }
    const nodes = texts(reply.element);
    expect(nodes.every(({ data }) => data.length <= 2_048 && !/[\ud800-\udbff]$/.test(data))).toBe(true);
    expect(reply.element.textContent).toBe(long);
    const pieces = [...reply.element.querySelectorAll(".piece")].map(({ textContent }) => textContent);
    expect(pieces.length).toBeGreaterThan(3);
    const whole = new ReplyDocument(host);
    whole.show([paragraph(long)]);
    expect([...whole.element.querySelectorAll(".piece")].map(({ textContent }) => textContent)).toEqual(pieces);
  });

  it("tells the language and the direction of each text while it comes in", () => {
    apply(children(0, 0, paragraph("An English paragraph."), paragraph("123"), { tag: "heading2", children: ["これは見出し"] }, paragraph("Qwen ")));
    reply.streaming = true;
    apply(text(1, "是"));
    apply(text(1, "通义千问。"));
    const blocks = [...reply.element.querySelectorAll<HTMLElement>("[dir]")];
    expect(blocks.map(({ lang }) => lang)).toEqual(["en", "", "ja", "zh-CN"]);
    expect(blocks.every(({ dir }) => dir === "auto")).toBe(true);
  });

  it("has one caret while it is written, in the last line of text", () => {
    const caret = (): string[] => [...reply.element.querySelectorAll(".caret")].map(({ textContent }) => textContent);
    reply.streaming = true;
    apply(children(0, 0, paragraph("one")));
    expect(caret()).toEqual(["one"]);
    apply(children(0, 1, { tag: "bulletList", children: [{ tag: "item", children: [paragraph("item")] }] }));
    expect(caret()).toEqual(["item"]);
    apply(children(0, 2, code(line("let a"), line("let b"))));
    expect(caret()).toEqual(["let b"]);
    apply(children(0, 3, { tag: "table", children: [{ tag: "tableHead", children: [{ tag: "row", children: [{ tag: "cell", children: ["name"] }] }] }] }));
    expect(caret()).toEqual(["name"]);
    reply.streaming = false;
    expect(caret()).toEqual([]);
  });

  it("keeps what is selected while lines are coloured and marks close", () => {
    const selection = document.getSelection();
    const select = (node: Text | undefined, from: number, to: number): void => {
      if (node !== undefined) selection?.setBaseAndExtent(node, from, node, to);
    };
    apply(children(0, 0, code(line("let value = 1;"))));
    const plain = texts(reply.element.querySelector("code") as Element)[0];
    select(plain, 4, 9);
    apply(children(2, 0, { tag: "keyword", children: ["let"] }, " value = 1;"), children(1, 1, line("next")));
    expect(selection?.toString()).toBe("value");
    expect(selection?.anchorNode).toBe(plain);
    expect(reply.element.querySelector(".keyword")).toBeNull();
    // Once it is let go the line gets its colours.
    selection?.removeAllRanges();
    document.dispatchEvent(new Event("selectionchange"));
    expect(reply.element.querySelector(".keyword")?.textContent).toBe("let");
    expect(reply.element.querySelector("code")?.textContent).toBe("let value = 1;next");

    apply(children(0, 1, paragraph("see [it] there")));
    select(texts(reply.element.querySelector("p") as Element)[0], 9, 14);
    expect(selection?.toString()).toBe("there");
    apply({ operation: "repair", block: 1, node: paragraph("see ", { tag: "link", attributes: { address: "https://example.com/" }, children: ["[it]"] }, " there") });
    expect(selection?.toString()).toBe("there");
    expect(selection?.anchorNode?.isConnected).toBe(true);
  });

  it("keeps the focus on a control whose block is made anew", () => {
    apply(children(0, 0, code(line("a")), paragraph("after")));
    const copy = (): HTMLElement | null => reply.element.querySelector("[data-testid=code-copy]");
    copy()?.focus();
    apply({ operation: "repair", block: 0, node: code(line("b")) });
    expect(document.activeElement).toBe(copy());
  });
});
