// Carries out what the doctor offers where the doctor's own page can do it, and looks again.

import type { Fix } from "../../ipc";
import type { Session } from "../../session/session.svelte";

/** What a person agreed to for one run. */
export interface Consent {
  otherRegions?: boolean;
  ask?: boolean;
}

type Run = (consent?: Consent) => Promise<void>;

/** False where the fix leads to another page. */
export async function mend(fix: Fix, session: Session, run: Run): Promise<boolean> {
  const { ipc } = session;
  switch (fix.kind) {
    case "runAgain":
    case "checkClock":
    case "checkNetwork":
    case "freeSpace":
      await run();
      return true;
    case "wait":
      await new Promise((resolve) => setTimeout(resolve, fix.seconds * 1_000));
      await run();
      return true;
    case "findRegion":
      await run({ otherRegions: true });
      return true;
    case "askOnce":
      await run({ ask: true });
      return true;
    case "thinkingDefault":
      session.thinkingWish = "model";
      await run({ ask: true });
      return true;
    case "useDirectOnce":
      await session.goDirect();
      await run();
      return true;
    case "unlockKeychain":
      // What still fails shows in the run that follows.
      await ipc.keychainRetry().catch(() => undefined);
      await run();
      return true;
    case "enterPassphrase":
      session.askPassphrase(() => void run());
      return true;
    case "switchRegion": {
      const account = session.app.active;
      const moved = account !== null && (await session.attempt(() => ipc.accountSwitchRegion(account, fix.region)));
      if (moved) await session.attempt(() => session.refresh());
      await run();
      return true;
    }
    default:
      return false;
  }
}
