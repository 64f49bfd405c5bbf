import { describe, expect, it } from "vitest";
import { errorActions } from "../errors/table";
import { en } from "./en";
import { setLocale, t, translate } from "./index.svelte";
import { zhCn } from "./zh-CN";

type Message = string | { one: string; other: string };
const english: Record<string, Message> = en;
const chinese: Record<string, Message> = zhCn;

function forms(message: Message | undefined): string[] {
  if (message === undefined) return [];
  return typeof message === "string" ? [message] : [message.one, message.other];
}

function placeholders(message: Message | undefined): string[] {
  return [...new Set(forms(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();
}

describe("the two languages", () => {
  it("have the same keys", () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
  });

  it.each(Object.keys(english))("%s has the same parameters in both", (key) => {
    expect(placeholders(chinese[key])).toEqual(placeholders(english[key]));
  });

  it("leave nothing empty and nothing untranslated", () => {
    const empty = Object.keys(english).filter((key) => [...forms(english[key]), ...forms(chinese[key])].some((text) => text.trim() === ""));
    expect(empty).toEqual([]);
    const names = new Set(["app.name", "settings.languageZh", "settings.languageEn", "settings.sendEnter", "settings.sendModifier", "settings.key", "connect.addressKey", "thread.tokens"]);
    const same = Object.keys(english).filter((key) => !names.has(key) && JSON.stringify(english[key]) === JSON.stringify(chinese[key]));
    expect(same).toEqual([]);
  });

  it("write Chinese with full-width punctuation", () => {
    const halfWidth = /\p{Script=Han}[,.!?;:()]|[,!?;()]\p{Script=Han}/u;
    const wrong = Object.entries(chinese).filter(([, message]) => forms(message).some((text) => halfWidth.test(text.replace(/\{\w+\}/g, "字"))));
    expect(wrong).toEqual([]);
  });

  it("keep Chinese out of the English words", () => {
    const wrong = Object.entries(english).filter(([key, message]) => key !== "settings.languageZh" && forms(message).some((text) => /\p{Script=Han}/u.test(text)));
    expect(wrong).toEqual([]);
  });

  it.each(Object.keys(errorActions))("name the error %s and its cause", (kind) => {
    for (const part of ["title", "cause"]) {
      expect(english[`error.${kind}.${part}`]).toBeTypeOf("string");
      expect(chinese[`error.${kind}.${part}`]).toBeTypeOf("string");
    }
  });

  it("hold no words for errors that do not exist", () => {
    const named = new Set(Object.keys(english).flatMap((key) => /^error\.(\w+)\./.exec(key)?.[1] ?? []));
    expect([...named].sort()).toEqual(Object.keys(errorActions).sort());
  });
});

describe("looking up words", () => {
  it("switches at once, with the page's language", () => {
    setLocale("en");
    expect(t("composer.send")).toBe("Send");
    expect(document.documentElement.lang).toBe("en");
    setLocale("zhCn");
    expect(t("composer.send")).toBe("发送");
    expect(document.documentElement.lang).toBe("zh-CN");
  });

  it("fills in parameters, groups numbers and picks the plural", () => {
    setLocale("en");
    expect(t("check.models", { count: 1 })).toBe("1 model available");
    expect(t("check.models", { count: 1_234 })).toBe("1,234 models available");
    setLocale("zhCn");
    expect(t("check.models", { count: 1_234 })).toBe("1,234 个模型可用");
  });

  it("never reads a parameter's braces as another parameter", () => {
    setLocale("en");
    expect(t("sidebar.deleted", { title: "{title} {count}" })).toBe("Deleted “{title} {count}”");
  });

  it("returns an unknown key as it is", () => {
    expect(translate("region.mars", {})).toBe("region.mars");
  });
});
