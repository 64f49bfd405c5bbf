import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { PlainText } from "./plain-text";

/** The text as shown: an empty line between paragraphs, a line break before a continued one. */
function shown(container: HTMLElement): string {
  return [...container.querySelectorAll("p")]
    .map((p, index) => (index === 0 ? "" : p.classList.contains("continued") ? "\n" : "\n\n") + p.textContent)
    .join("");
}

/** What the source says, with runs of empty lines as one and none at either end. */
function expected(source: string): string {
  return source.replace(/^\n+|\n+$/g, "").replace(/\n{2,}/g, "\n\n");
}

function texts(container: HTMLElement): Text[] {
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as Text);
  return found;
}

describe("reply text", () => {
  let container: HTMLElement;
  let reply: PlainText;

  beforeEach(() => {
    container = document.createElement("div");
    document.body.replaceChildren(container);
    reply = new PlainText(container);
  });

  it("is the same however it was cut", () => {
    const source = fc.array(fc.constantFrom("字", "word ", "\n", "\n\n", "😀", "<b>", " "), { maxLength: 60 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(source, fc.array(fc.nat(40), { maxLength: 20 }), (text, cuts) => {
        const place = document.createElement("div");
        const target = new PlainText(place);
        let from = 0;
        for (const cut of cuts) {
          target.append(text.slice(from, from + cut));
          from += cut;
        }
        target.append(text.slice(from));
        target.flush();
        expect(shown(place)).toBe(expected(text));
      }),
    );
  });

  it("shows markup as the letters it is", () => {
    reply.append("<img src=x onerror=alert(1)> & </p>");
    reply.flush();
    expect(container.querySelector("img")).toBeNull();
    expect(container.textContent).toBe("<img src=x onerror=alert(1)> & </p>");
  });

  it("keeps every text node small and every character whole", () => {
    reply.append("a" + "😀".repeat(5_000));
    reply.flush();
    const nodes = texts(container);
    expect(nodes.length).toBeGreaterThan(4);
    expect(nodes.every((node) => node.length <= 2_048)).toBe(true);
    expect(nodes.every((node) => !/[\ud800-\udbff]$/.test(node.data))).toBe(true);
    expect(container.textContent).toBe("a" + "😀".repeat(5_000));
  });

  it("continues a long paragraph in a new element at a line's end, without a gap", () => {
    reply.append(Array.from({ length: 400 }, (_, line) => `line ${String(line)} of a long list`).join("\n"));
    reply.flush();
    const paragraphs = [...container.querySelectorAll("p")];
    expect(paragraphs.length).toBeGreaterThan(1);
    expect(paragraphs.slice(1).every((p) => p.classList.contains("continued"))).toBe(true);
  });

  it("never touches what stands", () => {
    reply.append("first paragraph\n\nsecond");
    reply.flush();
    const before = texts(container);
    const selection = document.getSelection();
    selection?.setBaseAndExtent(before[0] as Text, 2, before[1] as Text, 4);
    for (let round = 0; round < 50; round += 1) {
      reply.append(` more ${String(round)}\n\nnext`);
      reply.flush();
    }
    expect(texts(container).slice(0, 2)).toEqual(before);
    expect(selection?.toString()).toContain("rst paragraph");
    expect(selection?.focusNode).toBe(before[1]);
    expect(selection?.focusOffset).toBe(4);
  });

  it("changes the page equally little however long the reply is", async () => {
    const changes: number[] = [];
    const observer = new MutationObserver((records) => changes.push(records.length));
    observer.observe(container, { subtree: true, childList: true, characterData: true });
    for (let round = 0; round < 3_000; round += 1) {
      reply.append(round % 20 === 19 ? "end.\n\nStart" : " word");
      reply.flush();
      if (round % 10 === 9) await Promise.resolve();
    }
    const late = changes.slice(-20);
    expect(late.length).toBe(20);
    expect(Math.max(...late)).toBeLessThanOrEqual(14);
    observer.disconnect();
  });

  it("commits at once when the frame is free and then once a frame", () => {
    const frames: FrameRequestCallback[] = [];
    vi.spyOn(globalThis, "requestAnimationFrame").mockImplementation((callback) => frames.push(callback));
    const commits: number[] = [];
    const watched = new PlainText(container, () => commits.push(1));
    watched.append("one ");
    expect(container.textContent).toBe("one ");
    watched.append("two ");
    watched.append("three");
    expect(container.textContent).toBe("one ");
    frames.shift()?.(16);
    expect(container.textContent).toBe("one two three");
    expect(commits.length).toBe(2);
    frames.shift()?.(32);
    expect(frames.length).toBe(0);
  });

  it("shows nothing after it was closed", () => {
    const frames: FrameRequestCallback[] = [];
    vi.spyOn(globalThis, "requestAnimationFrame").mockImplementation((callback) => frames.push(callback));
    const watched = new PlainText(container);
    watched.append("kept");
    watched.append(" lost");
    watched.close();
    frames.shift()?.(16);
    expect(container.textContent).toBe("kept");
  });

  it("tells the language of each paragraph by its script", () => {
    reply.append("An English paragraph.\n\nQwen 是通义千问。\n\nこれは日本語です。\n\n123");
    reply.flush();
    expect([...container.querySelectorAll("p")].map((p) => p.lang)).toEqual(["en", "zh-CN", "ja", ""]);
  });

  it("counts paragraphs for whoever reads elsewhere", () => {
    const counted: number[] = [];
    const watched = new PlainText(container, (paragraphs) => counted.push(paragraphs));
    watched.append("one\n\ntwo\n\nthree");
    watched.flush();
    expect(counted.at(-1)).toBe(3);
  });
});
