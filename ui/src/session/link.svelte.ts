// What the last real request said about the connection. Nothing here guesses.

import type { CommandError, Connection, ErrorKind, ReplyOutcome } from "../ipc";

/** Errors that say the road or the key is broken. All others were said by a server we did reach. */
const broken: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  "notHttps", "dns", "connect", "connectTimeout", "tls", "certificateUntrusted", "certificateExpired", "certificateNotYetValid", "certificateWrongHost",
  "tlsVersion", "proxy", "proxyAuthentication", "proxyRefused", "proxyUnclear", "proxyScript", "portal", "firstByteTimeout", "stalled", "connectionLost",
  "redirected", "headersTooLarge", "unexpectedContent", "protocolViolation", "interrupted", "keyRefused",
  "workspaceRefused", "tokenExpired", "accessDenied", "notActivated", "arrears", "planOnlyForAgents", "serverFault",
  "timeout",
]);

/** Errors that came before anything was sent: they say nothing of the road. */
const unsent: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  "keyNotForEndpoint", "keyMissing", "keychainLocked", "keychainDenied", "keychainUnavailable", "keychainAmbiguous", "keychainCorrupt",
  "keychainTimeout", "passphraseNeeded", "passphraseFileDamaged", "passphraseFileUnavailable",
]);

/** Errors of a computer that reaches nobody. */
export const offline: ReadonlySet<ErrorKind> = new Set<ErrorKind>(["dns", "connect", "connectTimeout"]);

export class Link {
  state = $state<"untried" | "works" | "broken" | "offline">("untried");
  /** Round trip of the last check that measured one. */
  milliseconds = $state<number | null>(null);
  /** The way of the last reply. */
  connection = $state<Connection | null>(null);
  /** Who looks into the connection, as the doctor last saw. */
  inspectedBy = $state<string | null>(null);

  worked(milliseconds: number | null = null): void {
    this.state = "works";
    if (milliseconds !== null) this.milliseconds = milliseconds;
  }

  failed(error: CommandError): void {
    if (unsent.has(error.kind)) return;
    if (offline.has(error.kind)) this.state = "offline";
    else this.state = broken.has(error.kind) ? "broken" : "works";
  }

  /** A reply ended; it came, or failed to come, this way. */
  replied(outcome: ReplyOutcome): void {
    this.connection = outcome.connection;
    if (outcome.error === null) this.worked();
    else this.failed(outcome.error);
  }

  reset(): void {
    this.state = "untried";
    this.milliseconds = null;
    this.connection = null;
    this.inspectedBy = null;
  }
}
