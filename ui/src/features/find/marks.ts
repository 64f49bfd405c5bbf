// Marks places without touching the elements they stand in.

import "./marks.css";

/** Marks these places, and the one gone to more strongly. Where the engine cannot mark, nothing is done. */
export function mark(places: Range[], current: Range[]): void {
  if (!("highlights" in CSS)) return;
  set("found", places);
  set("found-current", current);
}

function set(name: string, ranges: Range[]): void {
  if (ranges.length === 0) CSS.highlights.delete(name);
  else CSS.highlights.set(name, new Highlight(...ranges));
}
