// The words of the page: looked up by key, filled in, switched live. No component holds a literal sentence.

import { en } from "./en";
import { zhCn } from "./zh-CN";

export type Locale = "zhCn" | "en";
type Messages = typeof en;
export type MessageKey = keyof Messages;

type TextOf<K extends MessageKey> = Messages[K] extends string ? Messages[K] : Messages[K][keyof Messages[K]];
type Names<T> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
export type Parameters<K extends MessageKey> = Record<Names<TextOf<K>>, string | number>;
type Arguments<K extends MessageKey> = [Names<TextOf<K>>] extends [never] ? [] : [parameters: Parameters<K>];

/** A key whose text needs no parameters: the only kind that may travel as data. */
export type PlainKey = { [K in MessageKey]: [Names<TextOf<K>>] extends [never] ? K : never }[MessageKey];

type Message = string | { one: string; other: string };
const catalogues: Record<Locale, Record<MessageKey, Message>> = { zhCn, en };
const tags: Record<Locale, string> = { zhCn: "zh-CN", en: "en" };

let current = $state<Locale>("zhCn");
const plurals = { zhCn: new Intl.PluralRules(tags.zhCn), en: new Intl.PluralRules(tags.en) };

/** The language in use. Reading it in a template makes the template follow a change. */
export function locale(): Locale {
  return current;
}

/** The BCP 47 tag of the language in use, for `lang` and `Intl`. */
export function languageTag(): string {
  return tags[current];
}

export function setLocale(next: Locale): void {
  current = next;
  document.documentElement.lang = tags[next];
}

/** The text for `key`, with `{name}` replaced by the parameters; `count` also picks the plural form. */
export function t<K extends MessageKey>(key: K, ...args: Arguments<K>): string {
  return translate(key, args[0] ?? {});
}

/** As `t`, for a key computed from data. An unknown key comes back as it is. */
export function translate(key: string, parameters: Record<string, string | number>): string {
  const message = (catalogues[current] as Partial<Record<string, Message>>)[key];
  if (message === undefined) return key;
  const text = typeof message === "string" ? message : message[pluralForm(parameters["count"])];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? formatNumber(value) : value;
  });
}

function pluralForm(count: string | number | undefined): "one" | "other" {
  return plurals[current].select(Number(count ?? 0)) === "one" ? "one" : "other";
}

/** A whole number with the language's grouping. */
export function formatNumber(value: number): string {
  return new Intl.NumberFormat(tags[current], { maximumFractionDigits: 1 }).format(value);
}

/** Hour and minute of a moment, in the language's way. */
export function formatTime(milliseconds: number): string {
  return new Intl.DateTimeFormat(tags[current], { hour: "2-digit", minute: "2-digit", hour12: false }).format(milliseconds);
}

/** A date with its weekday, for the empty page of a new chat. */
export function formatDay(milliseconds: number): string {
  return new Intl.DateTimeFormat(tags[current], { month: "long", day: "numeric", weekday: "long" }).format(milliseconds);
}
