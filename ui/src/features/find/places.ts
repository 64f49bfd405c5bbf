// Finds the places of a text in what a message shows, whatever the case. They are the ones that Rust counts.

import { ShownText } from "../../reply/shown-text";

/** The ranges of `query` below `root`, in reading order. */
export function placesOf(root: Element, query: string): Range[] {
  const needle = query.toLowerCase();
  const shown = new ShownText(root);
  const { lowered, origin } = lower(shown.text);
  const ranges: Range[] = [];
  if (needle === "") return ranges;
  for (let at = lowered.indexOf(needle); at >= 0; at = lowered.indexOf(needle, at + needle.length)) {
    ranges.push(shown.range(origin(at), origin(at + needle.length - 1) + 1));
  }
  return ranges;
}

/** The text in lower case, and where in the text each of its units comes from: a few letters change their length. */
function lower(text: string): { lowered: string; origin: (index: number) => number } {
  const whole = text.toLowerCase();
  if (whole.length === text.length) return { lowered: whole, origin: (index) => index };
  const origins: number[] = [];
  let lowered = "";
  let at = 0;
  for (const character of text) {
    const small = character.toLowerCase();
    for (let unit = 0; unit < small.length; unit += 1) origins.push(at);
    lowered += small;
    at += character.length;
  }
  return { lowered, origin: (index) => origins[index] ?? text.length };
}
