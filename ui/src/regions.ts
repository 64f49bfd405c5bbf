// F6: moves the focus from one region of the window to the next.

/** Focuses the first usable thing of the next (or previous) element marked `data-region`. */
export function focusNextRegion(backwards: boolean): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter((region) => region.getClientRects().length > 0);
  if (regions.length === 0) return;
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + (backwards ? -1 : 1) + regions.length) % regions.length];
  const target = next?.querySelector<HTMLElement>("textarea:not(:disabled), [aria-current='true'], button:not(:disabled), input, [tabindex='0']");
  (target ?? next)?.focus();
}
