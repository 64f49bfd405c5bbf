// The interface every part of the page talks to. index.ts implements it over Tauri, fake.ts in memory.

import type { commands, CommandError, DoctorEvent, DoctorRequest, ReplyEvent, RetryReply, SendMessage, StartedTurn, VerifyEvent, VerifyRequest, Account } from "./bindings";

type Commands = typeof commands;
type Streaming = "doctorRun" | "keyVerify" | "messageSend" | "replyAttach" | "replyRetry";

/** The commands with plain callbacks in place of channels. A rejected promise always carries a `CommandError`. */
export interface Ipc extends Omit<Commands, Streaming> {
  doctorRun(request: DoctorRequest, onEvent: (event: DoctorEvent) => void): Promise<null>;
  keyVerify(request: VerifyRequest, onEvent: (event: VerifyEvent) => void): Promise<Account>;
  messageSend(message: SendMessage, onEvent: (event: ReplyEvent) => void): Promise<StartedTurn>;
  replyAttach(reply: string, onEvent: (event: ReplyEvent) => void): Promise<boolean>;
  replyRetry(retry: RetryReply, onEvent: (event: ReplyEvent) => void): Promise<StartedTurn>;
}

/** An error with nothing but its kind. */
export function commandError(kind: CommandError["kind"], more: Partial<CommandError> = {}): CommandError {
  return {
    kind,
    code: null,
    message: null,
    status: null,
    requestId: null,
    host: null,
    region: null,
    model: null,
    retryAfterSeconds: null,
    limit: null,
    issuer: null,
    hours: null,
    ...more,
  };
}

function isCommandError(value: unknown): value is CommandError {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}

/** Whatever was thrown, as a `CommandError`: a fault of the bridge itself becomes `internal`. */
export function asCommandError(thrown: unknown): CommandError {
  return isCommandError(thrown) ? thrown : commandError("internal");
}
