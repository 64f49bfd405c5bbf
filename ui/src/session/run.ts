// Which messages of a branch are loaded: a run of neighbours, moved along as the reader moves.

/** Places in the branch from `from` up to, but without, `end`. */
export interface Run {
  from: number;
  end: number;
}

/** Where a reader was in a conversation: a message, and how far below the top of the view it began. */
export interface Bookmark {
  position: number;
  offset: number;
}

/** So many messages are added when the reader comes near an end of what is loaded. */
export const step = 40;
/** So many stay loaded; what is farther away is let go. */
export const kept = 120;

/** The run with more messages on one side and, where it grew too long, fewer on the other. */
export function extended({ from, end }: Run, count: number, direction: "before" | "after"): Run {
  if (direction === "before") {
    const start = Math.max(0, from - step);
    return { from: start, end: Math.min(end, start + kept) };
  }
  const last = Math.min(count, end + step);
  return { from: Math.max(from, last - kept), end: last };
}

/** A run with `position` in it and neighbours on both sides. */
export function around(position: number, count: number): Run {
  const place = Math.min(Math.max(0, position), Math.max(0, count - 1));
  return { from: Math.max(0, place - step), end: Math.min(count, place + step) };
}

/** What is seen of a thread, in CSS pixels: space stands in for messages that are not loaded. */
export interface Sight {
  run: Run;
  count: number;
  /** Where the loaded messages begin. */
  above: number;
  /** How high they are together. */
  span: number;
  /** How high a message is on the mean. */
  mean: number;
  /** Where the view begins, and how high it is. */
  top: number;
  height: number;
}

export type Wish = { load: "before" | "after" } | { goTo: number } | null;

/** What has to be loaded for a reader who sees this: more on one side, or another place altogether. */
export function wish({ run, count, above, span, mean, top, height }: Sight): Wish {
  const bottom = top + height;
  if (run.from > 0 && bottom <= above) return { goTo: Math.min(run.from - 1, Math.floor(top / mean)) };
  if (run.end < count && top >= above + span) return { goTo: Math.min(count - 1, run.end + Math.floor((top - above - span) / mean)) };
  // Where so much fits into a few screens, adding at one side would only take away what is needed at the other.
  if (run.end - run.from >= kept && span < 3 * height) return null;
  if (run.from > 0 && top - above < height) return { load: "before" };
  if (run.end < count && above + span - bottom < height) return { load: "after" };
  return null;
}
