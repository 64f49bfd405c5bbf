import { describe, expect, it } from "vitest";
import file from "./tokens.css?raw";

type Theme = "light" | "dark";
/** The first block: what follows it overrides some tokens for people who asked for more contrast. */
const source = file.slice(0, file.indexOf("\n}"));

/** The palette as written: both values of each `light-dark()` colour. */
const palette = new Map(
  [...source.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [name ?? "", { light: light ?? "", dark: dark ?? "" }]),
);

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(ink: string, surface: string, theme: Theme): number {
  const [a, b] = [ink, surface].map((name) => {
    const colour = palette.get(name);
    if (colour === undefined) throw new Error(`no token ${name}`);
    return luminance(colour[theme]);
  });
  return (Math.max(a ?? 0, b ?? 0) + 0.05) / (Math.min(a ?? 0, b ?? 0) + 0.05);
}

const surfaces = ["bg-app", "bg-surface", "bg-sunken", "bg-raised", "bg-hover"];

/** Every pair of text and ground that the page draws. */
const texts: [string, string[]][] = [
  ["ink-1", [...surfaces, "bg-code", "celadon-soft", "vermilion-soft", "ochre-soft", "bamboo-soft"]],
  ["ink-2", [...surfaces, "bg-code", "celadon-soft", "vermilion-soft", "ochre-soft"]],
  ["ink-3", ["bg-app", "bg-surface", "bg-raised"]],
  ["celadon", ["bg-app", "bg-surface", "bg-sunken", "bg-raised", "celadon-soft", "vermilion-soft", "ochre-soft"]],
  ["vermilion", ["bg-app", "bg-surface", "bg-raised", "bg-hover", "vermilion-soft"]],
  ["ochre", ["bg-app", "bg-surface", "bg-raised", "bg-code", "ochre-soft", "celadon-soft"]],
  ["bamboo", ["bg-surface", "bg-raised", "bg-code", "bamboo-soft"]],
  ...["keyword", "string", "number", "comment", "function", "type"].map((hue): [string, string[]] => [`code-${hue}`, ["bg-code"]]),
  ["on-celadon", ["celadon", "celadon-strong"]],
  ["on-vermilion", ["vermilion", "vermilion-strong"]],
];

const controls: [string, string[]][] = [
  ["line-control", ["bg-app", "bg-surface", "bg-raised"]],
  ["line-control-sunken", ["bg-sunken", "bg-hover"]],
  ["celadon", [...surfaces, "celadon-soft"]],
  ["vermilion", ["bg-surface", "bg-raised"]],
];

const pairs = (rows: [string, string[]][]): [Theme, string, string][] =>
  rows.flatMap(([ink, grounds]) => grounds.flatMap((ground): [Theme, string, string][] => [["light", ink, ground], ["dark", ink, ground]]));

describe("contrast of the tokens", () => {
  it("reads the whole palette", () => {
    const colours = source.match(/light-dark\(#/g)?.length ?? 0;
    expect(colours).toBeGreaterThan(20);
    expect(palette.size).toBe(colours);
  });

  it.each(pairs(texts))("%s: %s is readable on %s", (theme, ink, ground) => {
    expect(contrast(ink, ground, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(pairs(controls))("%s: the edge %s is visible on %s", (theme, edge, ground) => {
    expect(contrast(edge, ground, theme)).toBeGreaterThanOrEqual(3);
  });
});
