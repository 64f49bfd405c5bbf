import { parse } from "svelte/compiler";
import { describe, expect, it } from "vitest";
import html from "../index.html?raw";
import lock from "../package-lock.json?raw";
import packages from "../package.json";
import { en } from "../src/i18n/en";

const texts = import.meta.glob<string>("../src/**/*.{ts,svelte,css}", { query: "?raw", import: "default", eager: true });
const all = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path.replace("../", ""), text]));
const sources = Object.keys(all).filter((path) => !path.endsWith(".test.ts"));
const read = (path: string): string => all[path] ?? "";

describe("the sources of the page", () => {
  it("are all read", () => {
    expect(sources.length).toBeGreaterThan(70);
    expect(read("src/App.svelte")).toContain("<script");
  });

  it.each([
    ["fetch", /\bfetch\s*\(/],
    ["XMLHttpRequest", /XMLHttpRequest/],
    ["WebSocket", /\bWebSocket\b/],
    ["EventSource", /\bEventSource\b/],
    ["sendBeacon", /sendBeacon/],
    ["HTML from strings", /innerHTML|outerHTML|insertAdjacentHTML|\{@html|document\.write|srcdoc|DOMParser|createContextualFragment|setHTMLUnsafe/],
    ["code from strings", /\beval\s*\(|new Function\b/],
    ["web storage beyond the theme", /sessionStorage|indexedDB|document\.cookie|\bcaches\b/],
  ])("hold no %s", (_, pattern) => {
    expect(sources.filter((path) => pattern.test(read(path)))).toEqual([]);
  });

  it("use local storage in the theme only", () => {
    expect(sources.filter((path) => read(path).includes("localStorage"))).toEqual(["src/design/theme.ts"]);
  });

  it("import the shell's client in one place only", () => {
    const importers = sources.filter((path) => /from "@tauri-apps\//.test(read(path)));
    expect(importers.every((path) => path.startsWith("src/ipc"))).toBe(true);
    expect(importers.length).toBeGreaterThan(0);
  });

  it("name the imitation of Rust only where development chooses it", () => {
    const users = sources.filter((path) => !path.startsWith("src/ipc") && /ipc\/(fake|scenes)/.test(read(path)));
    expect(users).toEqual(["src/main.ts"]);
    expect(read("src/main.ts")).toMatch(/if \(import\.meta\.env\.DEV && !insideShell\(\)\) \{\s+const \{ scriptedIpc \} = await import\("\.\/ipc\/scenes"\)/);
  });

  it("hold no sentence outside the two languages", () => {
    const words = /\p{L}{2,}/u;
    const spoken = new Set(["aria-label", "title", "placeholder", "alt"]);
    const found: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (Array.isArray(node)) for (const child of node) walk(child, path);
      if (typeof node !== "object" || node === null || Array.isArray(node)) return;
      const { type, data, name, value } = node as { type?: string; data?: string; name?: string; value?: unknown };
      if (type === "Attribute") {
        if (spoken.has(name ?? "")) walk(value, path);
        return;
      }
      if (type === "Text" && words.test(data ?? "")) found.push(`${path}: ${data?.trim() ?? ""}`);
      for (const child of Object.values(node)) walk(child, path);
    };
    for (const path of sources.filter((name) => name.endsWith(".svelte"))) walk(parse(read(path), { modern: true }).fragment, path);
    expect(found).toEqual([]);
  });

  it("use every word of the two languages", () => {
    const text = sources.filter((path) => !/^src\/i18n\/(\w+\.)?(en|zh-CN)\.ts$/.test(path)).map(read).join("");
    const computed = /^(error|errorAction|finding|fix|step|doctor\.state|region|keychain|connect\.kind|address|way\.address|way\.source|network\.scheme)\./;
    expect(Object.keys(en).filter((key) => !computed.test(key) && !text.includes(`"${key}"`))).toEqual([]);
  });

  it("keep components within 200 lines and other files within 400", () => {
    const long = sources
      .filter((path) => !/bindings\.ts$|i18n.(en|zh-CN)\.ts$/.test(path))
      .map((path): [string, number] => [path, read(path).split("\n").length])
      .filter(([path, lines]) => lines > (path.endsWith(".svelte") ? 210 : 400));
    expect(long).toEqual([]);
  });

  it("use the semantic tokens for every colour", () => {
    const raw = sources.filter((path) => path.endsWith(".svelte") && /#[0-9a-f]{3,8}\b|rgba?\(|hsl\(/i.test(/<style>([\s\S]*)<\/style>/.exec(read(path))?.[1] ?? ""));
    expect(raw).toEqual([]);
  });
});

describe("the files beside the sources", () => {
  it("name no registry in the lock file", () => {
    expect(lock).not.toMatch(/"resolved":/);
  });

  it("pin every dependency exactly", () => {
    const loose = Object.entries({ ...packages.dependencies, ...packages.devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(loose).toEqual([]);
  });

  it("load nothing inline and nothing from elsewhere", () => {
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/<style|style=|https?:/);
  });
});
