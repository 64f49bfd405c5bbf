// A number of whole seconds that ticks while it is shown.

export class Elapsed {
  seconds = $state(0);

  /** Counts from `since`, on the page's monotonic clock, until the returned function is called. */
  run(since: number): () => void {
    const tick = (): void => {
      this.seconds = Math.max(0, Math.floor((performance.now() - since) / 1_000));
    };
    tick();
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }
}
