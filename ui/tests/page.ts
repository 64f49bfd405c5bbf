// Starts the whole page over the imitation of Rust and finds things in it by their test ids.

import { cleanup, render } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach } from "vitest";
import App from "../src/App.svelte";
import { announce } from "../src/design/announcer.svelte";
import { commandError, type ErrorKind } from "../src/ipc";
import { FakeIpc, type Script } from "../src/ipc/fake";
import type { FakeReply } from "../src/ipc/fake-reply";
import { Session } from "../src/session/session.svelte";

afterEach(() => {
  cleanup();
  announce("");
});

export interface Page {
  ipc: FakeIpc;
  session: Session;
  /** The only element with this test id. */
  get: (id: string) => HTMLElement;
  find: (id: string) => HTMLElement | null;
  all: (id: string) => HTMLElement[];
  click: (id: string) => Promise<void>;
  /** Puts text into a field as typing does. */
  type: (id: string, text: string) => Promise<void>;
  /** Presses a key where the focus is. */
  press: (key: string, more?: KeyboardEventInit) => Promise<KeyboardEvent>;
  /** Types a message, sends it and returns the other end of its reply. */
  ask: (text: string) => Promise<FakeReply>;
}

/** A command's refusal: plain data, as it comes over the bridge. */
export function refuse(kind: ErrorKind): Promise<never> {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the contract: commands reject with plain data
  return Promise.reject(commandError(kind));
}

/** Lets commands answer and the page follow. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 12; round += 1) await Promise.resolve();
  await tick();
  await new Promise((resolve) => setTimeout(resolve, 0));
  await tick();
}

export async function start(script: Script = {}): Promise<Page> {
  const ipc = new FakeIpc(script);
  const session = new Session(ipc, await ipc.appState(), { started: () => undefined, finished: () => undefined });
  const last = session.app.lastConversation;
  await Promise.all([session.load(), last === null ? null : session.chat.open(last)]);
  render(App, { session });
  await settle();
  const all = (id: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
  const find = (id: string): HTMLElement | null => all(id)[0] ?? null;
  const get = (id: string): HTMLElement => {
    const found = find(id);
    if (found === null) throw new Error(`nothing is called ${id} in: ${document.body.textContent}`);
    return found;
  };
  const page: Page = {
    ipc,
    session,
    get,
    find,
    all,
    click: async (id) => {
      get(id).click();
      await settle();
    },
    type: async (id, text) => {
      const field = get(id) as HTMLInputElement;
      field.focus();
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await settle();
    },
    press: async (key, more = {}) => {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
      (document.activeElement ?? document.body).dispatchEvent(event);
      await settle();
      return event;
    },
    ask: async (text) => {
      await page.type("composer", text);
      await page.click("send");
      const reply = [...ipc.replies.values()].at(-1);
      if (reply === undefined) throw new Error("no reply was begun");
      return reply;
    },
  };
  return page;
}
