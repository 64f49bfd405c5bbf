// Places a floating panel at the button it belongs to and closes it when the person turns elsewhere.

export interface AnchoredOptions {
  anchor: () => HTMLElement | undefined;
  align: "start" | "center" | "end";
  /** Called when a click, a resize or Escape asks the panel to go. */
  onclose: () => void;
}

const gapPixels = 6;
const edgePixels = 8;

/** Where a panel of this size goes: below its anchor, above when there is more room, never outside the window. */
export function place(
  anchor: Pick<DOMRect, "top" | "bottom" | "left" | "right" | "width">,
  panel: { width: number; height: number },
  view: { width: number; height: number },
  align: AnchoredOptions["align"],
): { left: number; top: number } {
  const wanted = {
    start: anchor.left,
    center: anchor.left + anchor.width / 2 - panel.width / 2,
    end: anchor.right - panel.width,
  }[align];
  const left = Math.max(edgePixels, Math.min(wanted, view.width - panel.width - edgePixels));
  const below = anchor.bottom + gapPixels;
  const above = anchor.top - gapPixels - panel.height;
  const fitsBelow = below + panel.height <= view.height - edgePixels;
  const top = fitsBelow || above < edgePixels ? Math.min(below, view.height - panel.height - edgePixels) : above;
  return { left, top: Math.max(edgePixels, top) };
}

/** An attachment for the panel: shows it in the top layer beside its anchor for as long as it exists. */
export function anchored({ anchor, align, onclose }: AnchoredOptions): (panel: HTMLElement) => () => void {
  return (panel) => {
    // Engines without popovers show the panel where it stands, above the page by its z-index.
    if ("showPopover" in panel) {
      panel.popover = "manual";
      panel.showPopover();
    }
    const button = anchor();
    if (button !== undefined) {
      const view = { width: window.innerWidth, height: window.innerHeight };
      const { left, top } = place(button.getBoundingClientRect(), { width: panel.offsetWidth, height: panel.offsetHeight }, view, align);
      panel.style.left = `${left}px`;
      panel.style.top = `${top}px`;
    }
    const outside = (event: Event): void => {
      const target = event.target;
      if (target instanceof Node && !panel.contains(target) && anchor()?.contains(target) !== true) onclose();
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      onclose();
      anchor()?.focus();
    };
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("focusin", outside);
    panel.addEventListener("keydown", escape);
    window.addEventListener("resize", onclose);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("focusin", outside);
      panel.removeEventListener("keydown", escape);
      window.removeEventListener("resize", onclose);
    };
  };
}
