// What a reply asks of the rest of the page: things that only Rust can do, and the sheet for links.

export type TableFormat = "tabSeparated" | "markdown";

export interface ReplyHost {
  /** Puts a code block on the clipboard; resolves to how many characters in it cannot be seen. */
  copyCode(ordinal: number, keepHidden: boolean): Promise<number>;
  copyTable(ordinal: number, format: TableFormat): Promise<void>;
  /** Shows where a link leads and asks before it is opened. */
  openLink(address: string): void;
  /** Loads an image on the person's wish. Rejects with a `CommandError`. */
  loadImage(address: string): Promise<Blob>;
}
