// The one place that imports the shell's client.

import { Channel } from "@tauri-apps/api/core";
import { commands } from "./bindings";
import { asCommandError, type Ipc } from "./ipc";

export type * from "./bindings";
export { asCommandError, commandError, type Ipc } from "./ipc";

type Command = (...args: never[]) => Promise<unknown>;

function withTypedErrors<F extends Command>(command: F): F {
  const checked = async (...args: Parameters<F>): Promise<unknown> => {
    try {
      return await command(...args);
    } catch (thrown) {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the contract: commands reject with plain data
      throw asCommandError(thrown);
    }
  };
  return checked as F;
}

/** The client over Tauri. */
export function tauriIpc(): Ipc {
  const wrapped = Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [name, withTypedErrors(command as Command)]),
  ) as unknown as typeof commands;
  return {
    ...wrapped,
    keyVerify: (request, onEvent) => wrapped.keyVerify(request, new Channel(onEvent)),
    messageSend: (message, onEvent) => wrapped.messageSend(message, new Channel(onEvent)),
    doctorRun: (request, onEvent) => wrapped.doctorRun(request, new Channel(onEvent)),
    replyAttach: (reply, onEvent) => wrapped.replyAttach(reply, new Channel(onEvent)),
    replyRetry: (retry, onEvent) => wrapped.replyRetry(retry, new Channel(onEvent)),
  };
}

/** True inside the app's own window; false when the page runs in a browser during development. */
export function insideShell(): boolean {
  return "__TAURI_INTERNALS__" in window;
}
