// Carries out what the doctor offers where that leads out of its own page.

import { billingAddress, consoleAddress } from "./errors/consoles";
import type { Finding, Fix } from "./ipc";
import type { Session } from "./session/session.svelte";

/** What the window lends to the fixes. */
export interface FixHands {
  session: Session;
  openSettings: (keyOf: string | null) => void;
  openNetwork: () => void;
  openFirstRun: () => void;
  chooseModel: () => Promise<void>;
}

/** A page without encryption: a network that wants a sign-in answers it with its own. */
const anyPage = "http://example.com/";

export async function carryOutFix(fix: Fix, finding: Finding | null, hands: FixHands): Promise<void> {
  const { session } = hands;
  const { ipc, account } = session;
  const region = account?.region ?? null;
  switch (fix.kind) {
    case "enterKey":
    case "replaceKey":
      if (account === null) hands.openFirstRun();
      else hands.openSettings(account.id);
      break;
    case "openConsole":
      await session.attempt(() => ipc.linkOpen(consoleAddress(region)));
      break;
    case "openBilling":
      await session.attempt(() => ipc.linkOpen(billingAddress(region)));
      break;
    case "openSignInPage": {
      const host = finding?.kind === "portal" ? finding.host : null;
      await session.attempt(() => ipc.linkOpen(host === null ? anyPage : `http://${host}/`));
      break;
    }
    case "openProxySettings":
    case "addCertificate":
      hands.openNetwork();
      break;
    case "chooseModel":
      await hands.chooseModel();
      break;
    default:
      hands.openSettings(null);
  }
}
