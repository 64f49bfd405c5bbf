// Tells when something has another size than before, after the engine has laid it out.

const watchers = new WeakMap<Element, () => void>();
let observer: ResizeObserver | null = null;

/** Calls `measure` now and then, once `target` is shown and whenever its size has changed. */
export function onResize(target: Element, measure: () => void): void {
  if (watchers.has(target)) return;
  watchers.set(target, measure);
  observer ??= new ResizeObserver((entries) => {
    for (const entry of entries) watchers.get(entry.target)?.();
  });
  observer.observe(target);
}
