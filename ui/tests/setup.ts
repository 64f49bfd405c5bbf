// What jsdom lacks of a browser.

class NoResizeObserver implements ResizeObserver {
  observe(): void {
    // jsdom lays nothing out, so nothing ever changes its size.
  }
  unobserve(): void {
    // See above.
  }
  disconnect(): void {
    // See above.
  }
}

globalThis.ResizeObserver = NoResizeObserver;
const windowPixels = 1200;
/** Answers for a window of that width; nothing else is asked for in tests. */
globalThis.matchMedia = (query: string) => {
  const holds = ([, end, count, unit]: RegExpMatchArray): boolean => {
    const pixels = Number(count) * (unit === "rem" ? 16 : 1);
    return end === "min" ? windowPixels >= pixels : windowPixels <= pixels;
  };
  const matches = query.split(",").some((part) => {
    const widths = [...part.matchAll(/\((min|max)-width: ([\d.]+)(rem|px)\)/gu)];
    return widths.length > 0 && widths.every(holds);
  });
  return { matches, media: query, addEventListener: () => undefined, removeEventListener: () => undefined } as unknown as MediaQueryList;
};
Element.prototype.scrollIntoView = () => undefined;
HTMLDialogElement.prototype.showModal = function showModal(this: HTMLDialogElement): void {
  this.open = true;
};
Range.prototype.getBoundingClientRect = () => new DOMRect();

class Marked extends Set<AbstractRange> {
  constructor(...ranges: AbstractRange[]) {
    super(ranges);
  }
}
Object.assign(globalThis, { CSS: { ...globalThis.CSS, highlights: new Map() }, Highlight: Marked });
