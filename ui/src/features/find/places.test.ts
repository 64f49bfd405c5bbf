import { describe, expect, it } from "vitest";
import { placesOf } from "./places";

function shown(...blocks: (string | HTMLElement)[]): HTMLElement {
  const root = document.createElement("div");
  for (const block of blocks) {
    const paragraph = document.createElement("p");
    paragraph.append(block);
    root.append(paragraph);
  }
  return root;
}

function words(root: HTMLElement, query: string): string[] {
  return placesOf(root, query).map(String);
}

describe("the places of a text", () => {
  it("are found whatever the case, in reading order", () => {
    expect(words(shown("Ghost, ghosting", "no GHOST here"), "gHost")).toEqual(["Ghost", "ghost", "GHOST"]);
    expect(words(shown("残影与刷新率", "没有残影"), "残影")).toEqual(["残影", "残影"]);
  });

  it("reach over marks within a block and never from one block into the next", () => {
    const strong = document.createElement("strong");
    strong.append("fresh ra");
    const root = shown("re", "fresh");
    root.querySelector("p")?.append(strong, "te");
    expect(words(root, "refresh rate")).toEqual(["refresh rate"]);
    expect(words(root, "tefresh")).toEqual([]);
  });

  it("are not sought in what the page adds", () => {
    const label = document.createElement("span");
    label.dataset["chrome"] = "";
    label.append("copy");
    const root = shown("copy");
    root.prepend(label);
    expect(words(root, "copy").length).toBe(1);
  });

  it("are right beside letters that grow in lower case", () => {
    expect(words(shown("İİ needle"), "needle")).toEqual(["needle"]);
  });

  it("are none of nothing", () => {
    expect(words(shown("text"), "")).toEqual([]);
  });
});
