// What each error means to a person: its words and the one action that helps. A new kind does not compile without a row.

import type { ErrorKind } from "../ipc";

/** What the primary button of an error does. The place that shows the error carries it out. */
export type ErrorAction =
  | "retry"
  | "replaceKey"
  | "enterKey"
  | "openSettings"
  | "chooseModel"
  | "openConsole"
  | "openBilling"
  | "editMessage"
  | "newChat"
  | "retryKeychain"
  | "stop"
  | "recheckStorage"
  | "dismiss";

export const errorActions: Record<ErrorKind, ErrorAction> = {
  // network
  notHttps: "openSettings",
  dns: "retry",
  connect: "retry",
  connectTimeout: "retry",
  tls: "retry",
  proxy: "retry",
  firstByteTimeout: "retry",
  stalled: "retry",
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
  endpointInvalid: "openSettings",
  linkRefused: "dismiss",
  invalidInput: "editMessage",
  notFound: "newChat",
  inputTooLong: "editMessage",
  stillReplying: "stop",
  noAccount: "enterKey",
  internal: "retry",
};
