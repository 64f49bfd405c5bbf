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
globalThis.matchMedia = (query: string) =>
  ({ matches: query.includes("min-width"), media: query, addEventListener: () => undefined, removeEventListener: () => undefined }) as unknown as MediaQueryList;
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
