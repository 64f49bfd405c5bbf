// What each error means to a person: its words and the one action that helps. A new kind does not compile without a row.

import type { ErrorKind } from "../ipc";

/** What the primary button of an error does. The place that shows the error carries it out. */
export type ErrorAction =
  | "retry"
  | "replaceKey"
  | "enterKey"
  | "openSettings"
  | "openNetwork"
  | "openDoctor"
  | "chooseModel"
  | "openConsole"
  | "openBilling"
  | "openSignInPage"
  | "editMessage"
  | "newChat"
  | "retryKeychain"
  | "enterPassphrase"
  | "stop"
  | "recheckStorage"
  | "dismiss";

/** Errors of the way to the server: the doctor can say at which hop. */
export const connectionErrors: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  "dns", "connect", "connectTimeout", "tls", "certificateUntrusted", "certificateExpired", "certificateNotYetValid",
  "certificateWrongHost", "tlsVersion", "proxy", "proxyAuthentication", "proxyRefused", "proxyUnclear", "proxyScript", "portal", "firstByteTimeout", "stalled", "slept", "connectionLost", "redirected",
  "headersTooLarge", "unexpectedContent", "protocolViolation", "interrupted", "timeout", "serverFault", "keyRefused",
]);

export const errorActions: Record<ErrorKind, ErrorAction> = {
  // network
  notHttps: "openSettings",
  dns: "retry",
  connect: "retry",
  connectTimeout: "retry",
  tls: "openDoctor",
  certificateUntrusted: "openNetwork",
  certificateExpired: "openDoctor",
  certificateNotYetValid: "openDoctor",
  certificateWrongHost: "openDoctor",
  tlsVersion: "openDoctor",
  proxy: "openNetwork",
  proxyAuthentication: "openNetwork",
  proxyRefused: "openNetwork",
  proxyUnclear: "openNetwork",
  proxyScript: "openNetwork",
  portal: "openSignInPage",
  firstByteTimeout: "retry",
  stalled: "retry",
  slept: "retry",
  connectionLost: "retry",
  redirected: "retry",
  headersTooLarge: "retry",
  // wire
  unexpectedContent: "retry",
  protocolViolation: "retry",
  emptyAnswer: "retry",
  interrupted: "retry",
  tooLarge: "retry",
  // vendor
  keyRefused: "replaceKey",
  workspaceRefused: "openSettings",
  tokenExpired: "replaceKey",
  accessDenied: "openConsole",
  notActivated: "openConsole",
  freeQuotaUsed: "chooseModel",
  modelNotFound: "chooseModel",
  modelAccessDenied: "chooseModel",
  arrears: "openBilling",
  contentRejected: "editMessage",
  rateLimited: "retry",
  tokensPerMinute: "retry",
  planQuotaUsed: "openConsole",
  planOnlyForAgents: "replaceKey",
  contextTooLong: "newChat",
  invalidRequest: "chooseModel",
  unsupportedByModel: "chooseModel",
  mediaRejected: "editMessage",
  serverBusy: "retry",
  serverFault: "retry",
  timeout: "retry",
  // an image that a reply names
  imageRefused: "dismiss",
  imageTooLarge: "dismiss",
  imageNotAnImage: "dismiss",
  // key and keychain
  keyNotForEndpoint: "enterKey",
  keyMissing: "enterKey",
  noNativeProtocol: "openSettings",
  keychainLocked: "retryKeychain",
  keychainDenied: "retryKeychain",
  keychainUnavailable: "retryKeychain",
  keychainAmbiguous: "retryKeychain",
  keychainCorrupt: "replaceKey",
  keychainTimeout: "retryKeychain",
  passphraseNeeded: "enterPassphrase",
  passphraseWrong: "enterPassphrase",
  passphraseTooShort: "enterPassphrase",
  passphraseFileDamaged: "replaceKey",
  passphraseFileUnavailable: "retry",
  keyEmpty: "enterKey",
  keyLooksLikeUrl: "enterKey",
  keyContainsSpaces: "enterKey",
  keyNotAscii: "enterKey",
  keyTooLong: "enterKey",
  keyTooShort: "enterKey",
  codingPlanKey: "replaceKey",
  clipboardEmpty: "enterKey",
  candidateGone: "enterKey",
  // storage
  storageReadOnly: "recheckStorage",
  storageFull: "retry",
  storageBusy: "retry",
  storageDamaged: "recheckStorage",
  storageUnavailable: "recheckStorage",
  // input
  extraCertificatesUnreadable: "openNetwork",
  extraCertificatesInvalid: "openNetwork",
  endpointInvalid: "openSettings",
  linkRefused: "dismiss",
  invalidInput: "editMessage",
  notFound: "newChat",
  inputTooLong: "editMessage",
  stillReplying: "stop",
  noAccount: "enterKey",
  internal: "retry",
};
