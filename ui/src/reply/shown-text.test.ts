import { describe, expect, it } from "vitest";
import type { Node as DocumentNode } from "../ipc";
import { ReplyDocument } from "./reply-document";
import { ShownText } from "./shown-text";

const paragraph = (...children: DocumentNode[]): DocumentNode => ({ tag: "paragraph", children });

function shown(...blocks: DocumentNode[]): { text: ShownText; element: HTMLElement } {
  const reply = new ReplyDocument({
    copyCode: () => Promise.resolve(0),
    copyTable: () => Promise.resolve(),
    openLink: () => undefined,
    loadImage: () => Promise.reject(new Error("none")),
  });
  reply.show(blocks);
  return { text: new ShownText(reply.element), element: reply.element };
}

describe("the text of a reply", () => {
  it("has one line for each block, cell and line of code, and nothing of what stands around them", () => {
    const { text } = shown(
      { tag: "heading1", children: ["Title"] },
      paragraph("one ", { tag: "strong", children: ["bold"] }, { tag: "lineBreak" }, "two", { tag: "footnoteReference", attributes: { number: 1 } }),
      { tag: "bulletList", children: [{ tag: "item", attributes: { checked: true }, children: [paragraph("item")] }] },
      { tag: "codeBlock", attributes: { language: "rust" }, children: [{ tag: "codeLine", children: ["let a"] }, { tag: "codeLine" }, { tag: "codeLine", children: ["b"] }] },
      { tag: "rule" },
      {
        tag: "table",
        children: [
          { tag: "tableHead", children: [{ tag: "row", children: [{ tag: "cell", children: ["name"] }, { tag: "cell", children: ["count"] }] }] },
          { tag: "tableBody", children: [{ tag: "row", children: [{ tag: "cell", children: ["bread"] }, { tag: "cell" }] }] },
        ],
      },
      paragraph({ tag: "image", attributes: { host: "example.com" }, children: ["a cat"] }),
      { tag: "footnote", attributes: { number: 1 }, children: [paragraph("note")] },
    );
    expect(text.text).toBe("Title\none bold\ntwo\nitem\nlet a\n\nb\nname\ncount\nbread\n\na cat\nnote");
  });

  it("finds where each character stands, over the borders of elements and nodes", () => {
    const long = "word ".repeat(2_000);
    const { text } = shown(paragraph("see ", { tag: "emphasis", children: ["the "] }, "end"), paragraph(long, "last"));
    const found = (words: string): string => text.range(text.text.indexOf(words), text.text.indexOf(words) + words.length).toString();
    for (const words of ["see the end", "he en", "e", "word last", "last"]) expect(found(words)).toBe(words);
    const many = text.text.indexOf("word ") + 5 * 1_700;
    expect(text.range(many, many + 4).toString()).toBe("word");
    expect(text.range(many, many + 4).startContainer.nodeType).toBe(Node.TEXT_NODE);
  });
});
