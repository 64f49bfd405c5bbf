// Carries out what the doctor offers where that leads out of its own page.

import { webPage } from "./errors/consoles";
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

export async function carryOutFix(fix: Fix, finding: Finding | null, hands: FixHands): Promise<void> {
  const { session } = hands;
  const { ipc, account } = session;
  const page = webPage(fix.kind, account?.region ?? null, finding?.kind === "portal" ? finding.host : null);
  switch (fix.kind) {
    case "enterKey":
    case "replaceKey":
      if (account === null) hands.openFirstRun();
      else hands.openSettings(account.id);
      break;
    case "openConsole":
    case "openBilling":
    case "openSignInPage":
      if (page !== null) await session.attempt(() => ipc.linkOpen(page));
      break;
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
