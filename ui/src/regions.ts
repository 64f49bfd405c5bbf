// F6: moves the focus from one region of the window to the next.

/**
 * Focuses the first usable thing of the next (or previous) element marked `data-region`. Regions stand inside one
 * another: the innermost around the focus counts as the present one.
 */
export function focusNextRegion(backwards: boolean): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")];
  if (regions.length === 0) return;
  const at = regions.findLastIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + (backwards ? -1 : 1) + regions.length) % regions.length];
  const target = next?.querySelector<HTMLElement>("textarea:not(:disabled), [aria-current='true'], button:not(:disabled), input, [tabindex='0']");
  (target ?? next)?.focus();
}
