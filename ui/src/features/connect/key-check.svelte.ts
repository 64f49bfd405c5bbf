// One verification of a key: what was asked, what came back, and what can be done about a failure.

import { asCommandError, type Account, type CommandError, type ErrorKind, type Ipc, type KeepIn, type KeyCandidate, type KeyPlace, type VerifyEvent, type VerifyScope } from "../../ipc";

export interface Hop {
  host: string;
  region: string | null;
  state: "checking" | "refused" | "unreachable" | "accepted";
  milliseconds: number | null;
  kind: ErrorKind | null;
}

export type Step = "idle" | "checking" | "done" | "failed" | "codingPlan" | "vault";

/** Errors after which the key itself is fine and only its place is missing. */
const vaultKinds: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  "keychainLocked", "keychainDenied", "keychainUnavailable", "keychainAmbiguous", "keychainCorrupt", "keychainTimeout",
  "passphraseNeeded", "passphraseWrong", "passphraseTooShort", "passphraseFileDamaged", "passphraseFileUnavailable",
]);

export class KeyCheck {
  step = $state<Step>("idle");
  hops = $state.raw<Hop[]>([]);
  stored = $state<KeyPlace | null>(null);
  models = $state<number | null>(null);
  error = $state.raw<CommandError | null>(null);
  hint = $state<string | null>(null);
  /** The hosts that a key of a plan is for. */
  planHosts = $state.raw<readonly string[]>([]);

  #ipc: Ipc;
  #replaces: string | null;
  #onDone: (account: Account) => void;
  #candidate: string | null = null;
  #scope: VerifyScope = { scope: "allRegions" };

  constructor(ipc: Ipc, replaces: string | null, onDone: (account: Account) => void) {
    this.#ipc = ipc;
    this.#replaces = replaces;
    this.#onDone = onDone;
  }

  /** Round trip of the server that accepted the key. */
  get milliseconds(): number | null {
    return this.hops.find(({ state }) => state === "accepted")?.milliseconds ?? null;
  }

  get busy(): boolean {
    return this.step === "checking";
  }

  reset(): void {
    this.step = "idle";
    this.hops = [];
    this.error = null;
    this.stored = null;
    this.models = null;
  }

  /** Reads the key from the clipboard, in Rust, and verifies it. */
  paste(scope: VerifyScope): Promise<void> {
    return this.#start(() => this.#ipc.keyPaste(), scope);
  }

  /** Hands over a typed key and verifies it. The caller empties its field at once. */
  type(key: string, scope: VerifyScope): Promise<void> {
    return this.#start(() => this.#ipc.keyType(key), scope);
  }

  /** Connects to an address that needs no key. */
  withoutKey(scope: VerifyScope): Promise<void> {
    return this.#start(() => Promise.resolve(null), scope);
  }

  /** After the keychain failed: connects to it anew and stores the same key. */
  async storeAgain(): Promise<void> {
    this.step = "checking";
    // A keychain that cannot be rebuilt shows as the next failure of the verification.
    await this.#ipc.keychainRetry().catch(() => undefined);
    await this.#verify({ place: "keychain" });
  }

  /** After the keychain failed: keeps the key in memory until the app quits. */
  keepForSession(): Promise<void> {
    return this.#verify({ place: "session" });
  }

  /** After the keychain failed: keeps the key in the file under a passphrase, which is not needed while the file is open. */
  keepInFile(passphrase: string | null): Promise<void> {
    return this.#verify({ place: "file", passphrase });
  }

  /** The same question once more. */
  again(): Promise<void> {
    return this.#verify({ place: "keychain" });
  }

  async #start(read: () => Promise<KeyCandidate | null>, scope: VerifyScope): Promise<void> {
    this.reset();
    this.step = "checking";
    this.#scope = scope;
    try {
      const candidate = await read();
      this.#candidate = candidate?.id ?? null;
      this.hint = candidate?.hint ?? null;
      this.planHosts = candidate?.planHosts ?? [];
      if (candidate?.shape === "codingPlan" && scope.scope !== "address") {
        this.step = "codingPlan";
        return;
      }
    } catch (thrown) {
      this.#fail(thrown);
      return;
    }
    await this.#verify({ place: "keychain" });
  }

  async #verify(keep: KeepIn): Promise<void> {
    this.reset();
    this.step = "checking";
    const request = { candidate: this.#candidate, scope: this.#scope, account: this.#replaces, keep };
    try {
      const account = await this.#ipc.keyVerify(request, (event) => this.#receive(event));
      this.step = "done";
      this.#onDone(account);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    this.error = asCommandError(thrown);
    this.hops = this.hops.filter(({ state }) => state !== "checking");
    this.step = vaultKinds.has(this.error.kind) ? "vault" : "failed";
  }

  #receive(event: VerifyEvent): void {
    switch (event.event) {
      case "checking":
        this.#put({ host: event.host, region: event.region, state: "checking", milliseconds: null, kind: null });
        break;
      case "refused":
        this.#put({ host: event.host, region: event.region, state: "refused", milliseconds: null, kind: null });
        break;
      case "unreachable":
        this.#put({ host: event.host, region: event.region, state: "unreachable", milliseconds: null, kind: event.kind });
        break;
      case "accepted":
        this.#put({ host: event.host, region: event.region, state: "accepted", milliseconds: event.milliseconds, kind: null });
        break;
      case "stored":
        this.stored = event.place;
        break;
      case "models":
        this.models = event.count;
        break;
    }
  }

  #put(hop: Hop): void {
    const at = this.hops.findIndex(({ host }) => host === hop.host);
    this.hops = at < 0 ? [...this.hops, hop] : this.hops.with(at, hop);
  }
}
