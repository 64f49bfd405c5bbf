// Text that arrives in pieces: kept as pieces, joined only when somebody asks, passed on to whoever shows it.

export class GrowingText {
  #pieces: string[] = [];
  #length = 0;
  #followers = new Set<(piece: string) => void>();

  constructor(start = "") {
    if (start !== "") this.append(start);
  }

  /** Length in UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  append(piece: string): void {
    if (piece === "") return;
    this.#pieces.push(piece);
    this.#length += piece.length;
    for (const follower of this.#followers) follower(piece);
  }

  /** Calls `follower` with the text so far and then with each new piece, until the returned function is called. */
  follow(follower: (piece: string) => void): () => void {
    if (this.#length > 0) follower(this.toString());
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Puts another text in the place of all; whoever follows starts over. */
  replace(text: string): void {
    const known = this.toString();
    if (text.startsWith(known)) return this.append(text.slice(known.length));
    this.#pieces = text === "" ? [] : [text];
    this.#length = text.length;
  }

  toString(): string {
    if (this.#pieces.length > 1) this.#pieces = [this.#pieces.join("")];
    return this.#pieces[0] ?? "";
  }
}
