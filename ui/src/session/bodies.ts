// What the messages of the open conversation show: one body for each message in the page, of a running or a stored reply.

import type { Ipc, Message } from "../ipc";
import type { ReplyHost } from "../reply/host";
import { ReplyDocument } from "../reply/reply-document";
import { GrowingText } from "./growing-text";

export interface Body {
  thinking: GrowingText;
  /** What a reply shows; a person's message has its text in the row. */
  document: ReplyDocument;
}

/** What the session does for a reply's elements. */
export interface BodyOwner {
  openLink(address: string): void;
  fail(thrown: unknown): void;
}

export class Bodies {
  #ipc: Ipc;
  #owner: BodyOwner;
  #stored = new Map<string, Body>();

  constructor(ipc: Ipc, owner: BodyOwner) {
    this.#ipc = ipc;
    this.#owner = owner;
  }

  /** A document for a reply whose id may come later. */
  document(message: { id: string }): ReplyDocument {
    return new ReplyDocument(this.#host(message));
  }

  /** The body of a stored message: built when it is first asked for. */
  of(message: Message): Body {
    const known = this.#stored.get(message.id);
    if (known !== undefined) return known;
    const document = this.document(message);
    document.show(message.blocks);
    const body = { document, thinking: new GrowingText(message.thinking) };
    this.#stored.set(message.id, body);
    return body;
  }

  /** Lets go of a body; it is built anew when it is asked for again. */
  drop(id: string): void {
    this.#stored.get(id)?.document.close();
    this.#stored.delete(id);
  }

  /** Lets go of every body but these. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of [...this.#stored.keys()]) if (!ids.has(id)) this.drop(id);
  }

  /** What a reply's elements may ask for. */
  #host(message: { id: string }): ReplyHost {
    const failed = (thrown: unknown): never => {
      this.#owner.fail(thrown);
      throw thrown;
    };
    return {
      copyCode: async (ordinal, keepHidden) => (await this.#ipc.codeCopy(message.id, ordinal, keepHidden).catch(failed)).hidden,
      copyTable: async (ordinal, format) => {
        await this.#ipc.tableCopy(message.id, ordinal, format).catch(failed);
      },
      openLink: (address) => this.#owner.openLink(address),
      loadImage: async (address) => new Blob([await this.#ipc.imageLoad(message.id, address)], { type: "image/png" }),
    };
  }
}
