// Tells when something has another size than before, after the engine has laid it out.

const watchers = new WeakMap<Element, () => void>();
let observer: ResizeObserver | null = null;

/** Calls `measure` once `target` is shown and whenever its size has changed. */
export function onResize(target: Element, measure: () => void): void {
  if (watchers.has(target)) return;
  watchers.set(target, measure);
  observer ??= new ResizeObserver((entries) => {
    for (const entry of entries) watchers.get(entry.target)?.();
  });
  observer.observe(target);
}

/** Has `measure` called again although the size may be the same. */
export function measureAgain(target: Element): void {
  if (!watchers.has(target)) return;
  observer?.unobserve(target);
  observer?.observe(target);
}

/**
 * Marks a box that everything in it fits into. Only the others scroll: what scrolls must be reachable by keyboard, and costs
 * a layer of its own in every frame.
 */
export function markFitting(box: HTMLElement, content: Element, after: () => void = () => undefined): void {
  const mark = (): void => {
    const fits = box.scrollWidth <= box.clientWidth + 1;
    box.classList.toggle("fits", fits);
    if (fits) box.removeAttribute("tabindex");
    else box.tabIndex = 0;
    after();
  };
  box.tabIndex = 0;
  onResize(box, mark);
  onResize(content, mark);
}
