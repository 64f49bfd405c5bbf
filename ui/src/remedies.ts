// Carries out the action an error offers inside the chat.

import { webPage } from "./errors/consoles";
import type { ErrorAction } from "./errors/table";
import type { CommandError, Message } from "./ipc";
import type { Session } from "./session/session.svelte";

/** What the window lends to the remedies. */
export interface Hands {
  session: Session;
  /** The text of the last message that was not taken. */
  refused: () => string;
  /** Sends that text again. */
  sendAgain: () => Promise<void>;
  /** Puts text into the composer and the cursor behind it. */
  fill: (text: string) => void;
  focusComposer: () => void;
  /** Opens the models; a reply's id is asked again with the chosen one. */
  chooseModel: (reply: string | null) => void;
  openSettings: (keyOf: string | null) => void;
  openNetwork: () => void;
  openDoctor: () => void;
  openFirstRun: () => void;
  startNew: () => void;
  recheckStorage: () => void;
}

/** Does what the button says. `message` is the failed reply, or nothing for an error above the composer. */
export async function carryOut(action: ErrorAction, error: CommandError, message: Message | null, hands: Hands): Promise<void> {
  const { session } = hands;
  const { ipc, chat } = session;
  const page = webPage(action, error.region ?? session.account?.region ?? null, error.host);
  const again = async (): Promise<void> => {
    if (message !== null) await chat.retry(message.id, null);
    else if (hands.refused() !== "") await hands.sendAgain();
    else await session.attempt(() => session.refresh());
  };
  switch (action) {
    case "retry":
      await again();
      break;
    case "retryKeychain":
      // What still fails shows as the next error.
      await ipc.keychainRetry().catch(() => undefined);
      await again();
      break;
    case "enterPassphrase":
      session.askPassphrase(() => void again());
      break;
    case "replaceKey":
    case "enterKey":
      if (session.account === null) hands.openFirstRun();
      else hands.openSettings(session.account.id);
      break;
    case "openSettings":
      hands.openSettings(null);
      break;
    case "openNetwork":
      hands.openNetwork();
      break;
    case "openDoctor":
      hands.openDoctor();
      break;
    case "chooseModel":
      hands.chooseModel(message?.id ?? null);
      break;
    case "openConsole":
    case "openBilling":
    case "openSignInPage":
      if (page !== null) await session.attempt(() => ipc.linkOpen(page));
      break;
    case "editMessage": {
      const question = chat.messages.find(({ id }) => id === message?.parent);
      if (question === undefined) hands.focusComposer();
      else hands.fill(question.text);
      break;
    }
    case "newChat":
      hands.startNew();
      break;
    case "stop":
      await chat.stop();
      break;
    case "recheckStorage":
      hands.recheckStorage();
      break;
    case "dismiss":
      break;
  }
}
