// The language a text's script points to, for fonts, leading and speech.

/** A block's language is settled by its first this many characters. */
export const languageWindow = 24;

export type Language = "zh-CN" | "ja" | "ko" | "en" | "";

/** The language a script points to; nothing for text without letters. */
export function languageOf(text: string): Language {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return "ja";
  if (/\p{Script=Hangul}/u.test(text)) return "ko";
  if (/\p{Script=Han}/u.test(text)) return "zh-CN";
  return /\p{Script=Latin}/u.test(text) ? "en" : "";
}

/** Sets the language of `block`; a later script wins over Latin, since a Chinese text may begin with an English name. */
export function setLanguage(block: HTMLElement, text: string): void {
  const language = languageOf(text);
  if (language === "" || language === block.lang || (language === "en" && block.lang !== "")) return;
  block.lang = language;
}
