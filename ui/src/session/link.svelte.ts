// What the last real request said about the connection. Nothing here guesses.

import type { CommandError, ErrorKind } from "../ipc";

/** Errors that say the road or the key is broken. All others were said by a server we did reach. */
const broken: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  "notHttps", "dns", "connect", "connectTimeout", "tls", "proxy", "firstByteTimeout", "stalled", "connectionLost",
  "redirected", "headersTooLarge", "unexpectedContent", "protocolViolation", "interrupted", "keyRefused",
  "workspaceRefused", "tokenExpired", "accessDenied", "notActivated", "arrears", "planOnlyForAgents", "serverFault",
  "timeout", "keyNotForEndpoint", "keyMissing", "keychainLocked", "keychainDenied", "keychainUnavailable",
  "keychainAmbiguous", "keychainCorrupt", "keychainTimeout",
]);

export class Link {
  state = $state<"untried" | "works" | "broken">("untried");
  /** Round trip of the last check that measured one. */
  milliseconds = $state<number | null>(null);

  worked(milliseconds: number | null = null): void {
    this.state = "works";
    if (milliseconds !== null) this.milliseconds = milliseconds;
  }

  failed(error: CommandError): void {
    this.state = broken.has(error.kind) ? "broken" : "works";
  }

  reset(): void {
    this.state = "untried";
    this.milliseconds = null;
  }
}
