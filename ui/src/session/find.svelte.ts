// Finding in the open conversation: Rust searches all of it, the page goes from place to place.

import { asCommandError, type CommandError, type Found, type FoundPlace } from "../ipc";

/** A search waits this long for the next key. */
const pauseMilliseconds = 120;

export class Find {
  open = $state(false);
  query = $state("");
  /** What was searched for when `hits` came. */
  searched = $state("");
  hits = $state.raw<FoundPlace[]>([]);
  /** Whether there are more places than `hits`. */
  cut = $state(false);
  /** Which of the places is shown, from zero. */
  index = $state(-1);
  error = $state.raw<CommandError | null>(null);

  #search: (query: string) => Promise<Found>;
  #here: () => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  /** `here` tells the place in the branch that the reader sees: the first hit is sought from there on. */
  constructor(search: (query: string) => Promise<Found>, here: () => number) {
    this.#search = search;
    this.#here = here;
  }

  get current(): FoundPlace | null {
    return this.hits[this.index] ?? null;
  }

  close(): void {
    this.open = false;
    this.#forget();
  }

  /** Begins anew, in this or in another branch. */
  begin(): void {
    this.#forget();
    if (this.query !== "") this.#later();
  }

  /** There may be more to find; what is shown stays. */
  refresh(): void {
    if (this.searched !== "") void this.now();
  }

  type(query: string): void {
    this.query = query;
    if (query === "") this.#forget();
    else this.#later();
  }

  /** Goes `steps` places on, round at the ends. A query that was just typed is searched for at once. */
  async step(steps: number): Promise<void> {
    if (this.query === "") return;
    if (this.searched !== this.query) return this.now();
    const { length } = this.hits;
    if (length > 0) this.index = (this.index + steps + length) % length;
  }

  /** Searches without waiting. An answer that comes after a newer question is dropped. */
  async now(): Promise<void> {
    clearTimeout(this.#timer);
    const asked = (this.#asked += 1);
    const { query } = this;
    try {
      const found = await this.#search(query);
      if (asked !== this.#asked) return;
      this.error = null;
      this.#take(found, query);
    } catch (thrown) {
      if (asked === this.#asked) this.error = asCommandError(thrown);
    }
  }

  #take({ hits, cut }: Found, query: string): void {
    const before = this.searched === query ? this.current : null;
    this.searched = query;
    this.hits = hits;
    this.cut = cut;
    const same = before === null ? -1 : hits.findIndex(({ message, index }) => message === before.message && index === before.index);
    const here = this.#here();
    const onward = hits.findIndex(({ position }) => position >= here);
    this.index = same >= 0 ? same : onward >= 0 ? onward : hits.length - 1;
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.now(), pauseMilliseconds);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.searched = "";
    this.hits = [];
    this.cut = false;
    this.index = -1;
    this.error = null;
  }
}
