// How fast a reply came.

import type { Message } from "../../ipc";

/** Shorter replies say nothing about a speed. */
const leastMilliseconds = 200;

/** Tokens written per second after the first one; `null` where it is not known. */
export function tokensPerSecond({ createdMs, finishedMs, firstTokenMs, usage }: Message): number | null {
  const tokens = usage?.outputTokens ?? null;
  if (tokens === null || finishedMs === null || firstTokenMs === null) return null;
  const milliseconds = finishedMs - createdMs - firstTokenMs;
  if (milliseconds < leastMilliseconds || tokens < 2) return null;
  const pace = (tokens * 1_000) / milliseconds;
  return pace < 10 ? Math.round(pace * 10) / 10 : Math.round(pace);
}
