// A layout for the thread, which jsdom has none of: each message is as high as its id says.

const view = 800;
const padding = 32;
const gap = 24;

/** The height of a message: between 60 and 700 CSS pixels, always the same for the same id. */
function heightOf(article: Element): number {
  let hash = 7;
  for (const letter of (article as HTMLElement).dataset["id"] ?? "") hash = (hash * 31 + letter.charCodeAt(0)) % 9_973;
  return 60 + (hash % 640);
}

function boxes(scroller: Element): { top: Map<Element, number>; height: Map<Element, number>; total: number } {
  const top = new Map<Element, number>();
  const height = new Map<Element, number>();
  let at = padding;
  for (const child of scroller.firstElementChild?.children ?? []) {
    const begin = at;
    if (child.matches("[data-space]")) at += (child as HTMLElement).hidden ? 0 : Number.parseFloat((child as HTMLElement).style.height) || 0;
    for (const article of child.querySelectorAll("article")) {
      top.set(article, at);
      height.set(article, heightOf(article));
      at += heightOf(article) + gap;
    }
    top.set(child, begin);
    height.set(child, at - begin);
  }
  return { top, height, total: at + padding };
}

export interface Layout {
  /** The reader scrolls to here. */
  scrollTo: (top: number) => void;
  readonly top: number;
  readonly end: number;
  /** Where a message begins below the top of the view; `null` when it is not in the page. */
  topOf: (id: string) => number | null;
  /** The messages in sight, from the top. */
  seen: () => string[];
  remove: () => void;
}

/** Lays out the thread of the page from now on. */
export function layOut(): Layout {
  const scroller = (): Element => {
    const found = document.querySelector("#thread");
    if (found === null) throw new Error("there is no thread");
    return found;
  };
  let place = 0;
  const within = (top: number): number => Math.max(0, Math.min(top, boxes(scroller()).total - view));
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on the element it belongs to
  const original = Element.prototype.getBoundingClientRect;
  Element.prototype.getBoundingClientRect = function measured(this: Element) {
    const thread = document.querySelector("#thread");
    if (thread === null || !thread.contains(this)) return original.call(this);
    if (this === thread) return new DOMRect(0, 0, 600, view);
    const { top, height } = boxes(thread);
    const held = this.closest("article") ?? this;
    return new DOMRect(0, (top.get(held) ?? 0) - place, 600, height.get(held) ?? 0);
  };
  Range.prototype.getBoundingClientRect = function measured(this: Range) {
    return this.startContainer.parentElement?.getBoundingClientRect() ?? new DOMRect();
  };
  Object.defineProperties(HTMLElement.prototype, {
    scrollTop: {
      configurable: true,
      get: () => place,
      set: (top: number) => {
        if (within(top) === place) return;
        place = within(top);
        // A browser tells of a scroll when it comes to the next frame.
        queueMicrotask(() => document.querySelector("#thread")?.dispatchEvent(new Event("scroll")));
      },
    },
    scrollHeight: { configurable: true, get: (): number => boxes(scroller()).total },
    clientHeight: { configurable: true, get: () => view },
  });
  return {
    scrollTo: (top) => {
      place = within(top);
      scroller().dispatchEvent(new Event("scroll"));
    },
    get top() {
      return place;
    },
    get end() {
      return boxes(scroller()).total - view;
    },
    topOf: (id) => {
      const article = [...scroller().querySelectorAll<HTMLElement>("article")].find((found) => found.dataset["id"] === id);
      return article === undefined ? null : (boxes(scroller()).top.get(article) ?? 0) - place;
    },
    seen: () => {
      const { top, height } = boxes(scroller());
      return [...scroller().querySelectorAll<HTMLElement>("article")]
        .filter((article) => (top.get(article) ?? 0) + (height.get(article) ?? 0) > place && (top.get(article) ?? 0) < place + view)
        .map((article) => article.dataset["id"] ?? "");
    },
    remove: () => {
      Element.prototype.getBoundingClientRect = original;
      Range.prototype.getBoundingClientRect = () => new DOMRect();
      for (const name of ["scrollTop", "scrollHeight", "clientHeight"]) Reflect.deleteProperty(HTMLElement.prototype, name);
    },
  };
}
