// Rust, imitated in memory: for tests and for `npm run dev` in a browser. Not part of the app's bundle.

import { account, appState, message, models } from "./fake-data";
import { doctorRun } from "./fake-doctor";
import { FakeReply, textOf, type Emit } from "./fake-reply";
import { commandError, type Ipc } from "./ipc";
import type {
  Account, AddressPreview, AppState, ChosenRoute, CommandError, Conversation, ConversationSummary, CopiedCode, DoctorEvent, DoctorRequest, ErrorKind, Found,
  KeyCandidate, LinkTarget, Model, PasswordPlace, RetryReply, RecentRequests, Route, RouteChoice, RouteSettings, SendMessage, Settings, StartedTurn, TestResult, VerifyEvent, VerifyRequest,
} from "./bindings";

/** How the imitation answers. Tests leave `reply` out and send the events themselves. */
export interface Script {
  app?: AppState;
  models?: Model[];
  conversations?: Conversation[];
  /** Called for each reply that begins. */
  reply?: (reply: FakeReply, question: string) => void;
  /** The events and the end of a verification. */
  verify?: (request: VerifyRequest, onEvent: (event: VerifyEvent) => void) => Promise<Account>;
  /** What the doctor tells. */
  doctor?: (request: DoctorRequest) => DoctorEvent[];
  /** What the clipboard holds. */
  clipboard?: string;
  now?: () => number;
  /** What differs of the route. */
  routes?: Partial<RouteSettings>;
}

export class FakeIpc implements Ipc {
  /** Names of the commands called, in order. */
  readonly calls: string[] = [];
  /** The next call of a command fails with this error, once. */
  readonly passphrases: string[] = [];
  readonly failures = new Map<keyof Ipc, CommandError>();
  readonly replies = new Map<string, FakeReply>();
  readonly copied: string[] = [];
  readonly opened: string[] = [];
  readonly drafts = new Map<string | null, string>();
  readonly verified: VerifyRequest[] = [];
  readonly sent: SendMessage[] = [];
  readonly retried: RetryReply[] = [];
  readonly examined: DoctorRequest[] = [];
  app: AppState;

  #models: Model[];
  /** What was chosen of the route, in order. */
  readonly routed: { account: string | null; choice: RouteChoice | null; password: string | null }[] = [];
  routes: RouteSettings;
  /** Where the next password of a proxy is kept. */
  passwordPlace: PasswordPlace = "keychain";
  requests: RecentRequests = { keepsBodies: false, requests: [] };
  #routesOfAccounts = new Map<string, ChosenRoute>();
  #conversations = new Map<string, Conversation & { updatedMs: number }>();
  #deleted = new Map<string, Conversation & { updatedMs: number }>();
  #script: Script;
  #ids = 0;

  constructor(script: Script = {}) {
    this.#script = script;
    this.app = script.app ?? appState();
    this.#models = script.models ?? models;
    const system: ChosenRoute = { choice: { mode: "system", proxy: null }, password: "none" };
    this.routes = { app: system, account: null, effective: { kind: "direct" }, systemHasScript: false, extraCertificates: null, ...script.routes };
    const now = this.#now();
    for (const [age, conversation] of (script.conversations ?? []).entries()) {
      this.#conversations.set(conversation.id, { ...conversation, updatedMs: now - age * 9 * 3_600_000 });
    }
  }

  #now(): number {
    return (this.#script.now ?? Date.now)();
  }

  #called(name: keyof Ipc): void {
    this.calls.push(name);
    const failure = this.failures.get(name);
    this.failures.delete(name);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the contract: commands reject with plain data
    if (failure !== undefined) throw failure;
  }

  #id(kind: string): string {
    this.#ids += 1;
    return `${kind}-${String(this.#ids)}`;
  }

  async #answer<T>(name: keyof Ipc, value: () => T | Promise<T>): Promise<T> {
    await Promise.resolve();
    this.#called(name);
    return structuredClone(await value());
  }

  appState = (): Promise<AppState> => this.#answer("appState", () => this.app);
  appReady = (): Promise<null> => this.#answer("appReady", () => null);
  storageRetry = (): Promise<AppState> => this.#answer("storageRetry", () => (this.app = { ...this.app, storage: { state: "ready" } }));
  storageStartFresh = (): Promise<AppState> => this.#answer("storageStartFresh", () => (this.app = { ...this.app, storage: { state: "ready" } }));

  keyPaste = (): Promise<KeyCandidate> => this.#answer("keyPaste", () => this.#candidate(this.#script.clipboard ?? "sk-0123456789abcdef0123456789ab1a2b"));
  keyType = (key: string): Promise<KeyCandidate> => this.#answer("keyType", () => this.#candidate(key));

  #candidate(key: string): KeyCandidate {
    const refuse = (kind: ErrorKind): never => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the contract: commands reject with plain data
      throw commandError(kind);
    };
    if (key === "") refuse("clipboardEmpty");
    if (key.startsWith("http")) refuse("keyLooksLikeUrl");
    if (key.length < 8) refuse("keyTooShort");
    const shape = key.startsWith("sk-sp-") ? "codingPlan" : "standard";
    return { id: this.#id("candidate"), hint: `sk-••••${key.slice(-4)}`, shape, planHosts: shape === "codingPlan" ? ["coding.example.com"] : [] };
  }

  keyVerify = (request: VerifyRequest, onEvent: (event: VerifyEvent) => void): Promise<Account> =>
    this.#answer("keyVerify", async () => {
      this.verified.push(request);
      const verified = await (this.#script.verify ?? acceptInBeijing)(request, onEvent);
      const others = this.app.accounts.filter(({ id }) => id !== verified.id);
      this.app = { ...this.app, accounts: [...others, verified], active: verified.id };
      return verified;
    });

  accountUse = (id: string): Promise<AppState> => this.#answer("accountUse", () => (this.app = { ...this.app, active: id }));
  accountTest = (): Promise<TestResult> => this.#answer("accountTest", () => ({ milliseconds: 142, modelCount: 23, host: "dashscope.aliyuncs.com" }));
  accountKeyState = (id: string): Promise<Account> => this.#answer("accountKeyState", () => this.#account(id));
  accountDelete = (id: string): Promise<AppState> =>
    this.#answer("accountDelete", () => {
      const accounts = this.app.accounts.filter((known) => known.id !== id);
      return (this.app = { ...this.app, accounts, active: accounts[0]?.id ?? null });
    });
  passphraseEnter = (passphrase: string): Promise<null> =>
    this.#answer("passphraseEnter", () => {
      this.passphrases.push(passphrase);
      this.app = { ...this.app, passphraseFile: "open" };
      return null;
    });
  keychainRetry = (): Promise<null> => this.#answer("keychainRetry", () => null);

  #account(id: string): Account {
    const known = this.app.accounts.find((one) => one.id === id);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the contract: commands reject with plain data
    if (known === undefined) throw commandError("notFound");
    return known;
  }

  addressPreview = (address: string, id: string | null): Promise<AddressPreview> =>
    this.#answer("addressPreview", () => {
      const from = id === null ? null : this.#account(id);
      const host = /^https?:\/\/([^/:]+)/.exec(address)?.[1];
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the contract: commands reject with plain data
      if (host === undefined) throw commandError("endpointInvalid");
      const local = host === "127.0.0.1" || host === "localhost";
      const sameGroup = from?.host === host;
      const operation = "/chat/completions";
      return {
        address: address.replace(operation, ""),
        host,
        endpoint: local ? "local" : host.endsWith(".maas.aliyuncs.com") ? "workspace" : host.endsWith("aliyuncs.com") ? "official" : "custom",
        region: host === "dashscope.aliyuncs.com" ? "cn-beijing" : null,
        needsKey: !local && !sameGroup,
        sameGroup,
        fromHost: from?.host ?? null,
        changes: address.endsWith(operation) ? [{ change: "operationRemoved" }] : [],
      };
    });

  endpointSet = (id: string, address: string): Promise<Account> =>
    this.#answer("endpointSet", async () => {
      const found = await this.addressPreview(address, id);
      const changed: Account = { ...this.#account(id), address, host: found.host, endpoint: found.endpoint, region: found.region, needsKey: found.needsKey };
      this.app = { ...this.app, accounts: this.app.accounts.map((one) => (one.id === id ? changed : one)) };
      return changed;
    });

  doctorRun = (request: DoctorRequest, onEvent: (event: DoctorEvent) => void): Promise<null> =>
    this.#answer("doctorRun", () => {
      this.examined.push(request);
      for (const event of this.#script.doctor?.(request) ?? doctorRun()) onEvent(event);
      return null;
    });
  doctorStop = (): Promise<null> => this.#answer("doctorStop", () => null);
  requestsRecent = (): Promise<RecentRequests> => this.#answer("requestsRecent", () => this.requests);
  requestsKeepBodies = (keepsBodies: boolean): Promise<RecentRequests> =>
    this.#answer("requestsKeepBodies", () => (this.requests = { ...this.requests, keepsBodies }));
  doctorReport = (): Promise<string> => this.#answer("doctorReport", () => "DashDesk doctor\nTLS: TLS 1.3");
  accountSwitchRegion = (id: string, region: string): Promise<Account> =>
    this.#answer("accountSwitchRegion", () => {
      const moved: Account = { ...this.#account(id), region };
      this.app = { ...this.app, accounts: this.app.accounts.map((one) => (one.id === id ? moved : one)) };
      return moved;
    });

  routeSettings = (account: string | null): Promise<RouteSettings> => this.#answer("routeSettings", () => this.#routesOf(account));
  routeSet = (account: string | null, choice: RouteChoice | null, password: string | null): Promise<RouteSettings> =>
    this.#answer("routeSet", () => {
      this.routed.push({ account, choice, password });
      const before = this.#routesOf(account);
      const had = (account === null ? before.app : before.account)?.password ?? "none";
      const now: PasswordPlace = password === "" ? "none" : this.passwordPlace;
      const chosen = choice === null ? null : { choice, password: password === null ? had : now };
      if (account === null) this.routes = { ...this.routes, app: chosen ?? this.routes.app };
      else if (chosen === null) this.#routesOfAccounts.delete(account);
      else this.#routesOfAccounts.set(account, chosen);
      return this.#routesOf(account);
    });
  extraCertificatesSet = (path: string | null): Promise<RouteSettings> =>
    this.#answer("extraCertificatesSet", () => (this.routes = { ...this.routes, extraCertificates: path === null ? null : { path, count: 2, problem: null } }));

  #routesOf(account: string | null): RouteSettings {
    const own = account === null ? null : (this.#routesOfAccounts.get(account) ?? null);
    const { mode, proxy } = (own ?? this.routes.app).choice;
    const through: Route = { kind: "proxy", scheme: proxy?.scheme ?? "http", address: `${proxy?.host ?? ""}:${String(proxy?.port ?? 0)}`, source: own === null ? "manual" : "account" };
    return { ...this.routes, account: own, effective: mode === "manual" ? through : mode === "direct" ? { kind: "direct" } : this.routes.effective };
  }

  demoStart = (): Promise<AppState> => this.#answer("demoStart", () => (this.app = { ...this.app, demo: true }));
  demoLeave = (): Promise<AppState> => this.#answer("demoLeave", () => (this.app = { ...this.app, demo: false }));
  models = (): Promise<Model[]> => this.#answer("models", () => this.#models);
  modelsRefresh = (): Promise<Model[]> => this.#answer("modelsRefresh", () => this.#models);

  conversations = (): Promise<ConversationSummary[]> =>
    this.#answer("conversations", () => [...this.#conversations.values()].map((row) => this.#summary(row)).sort((a, b) => b.updatedMs - a.updatedMs));

  #summary({ id, title, model, updatedMs }: Conversation & { updatedMs: number }): ConversationSummary {
    return { id, title, model, updatedMs, replying: [...this.replies.values()].some((reply) => reply.conversation === id && !reply.ended) };
  }

  #conversation(id: string): Conversation & { updatedMs: number } {
    const known = this.#conversations.get(id);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the contract: commands reject with plain data
    if (known === undefined) throw commandError("notFound");
    return known;
  }

  conversationOpen = (id: string): Promise<Conversation> =>
    this.#answer("conversationOpen", () => {
      const { title, model, messages } = this.#conversation(id);
      const from = Math.max(0, messages.length - 60);
      return { id, title, model, count: messages.length, from, messages: messages.slice(from), draft: this.drafts.get(id) ?? "" };
    });
  conversationWindow = (id: string, _leaf: string, from: number, count: number): Promise<Conversation> =>
    this.#answer("conversationWindow", () => {
      const { title, model, messages } = this.#conversation(id);
      return { id, title, model, count: messages.length, from, messages: messages.slice(from, from + count), draft: this.drafts.get(id) ?? "" };
    });
  conversationFind = (id: string, _leaf: string, query: string): Promise<Found> =>
    this.#answer("conversationFind", () => ({
      query,
      cut: false,
      hits: this.#conversation(id).messages.flatMap((found, position) =>
        Array.from({ length: `${found.text}${found.blocks.map(textOf).join("\n")}`.toLowerCase().split(query.toLowerCase()).length - 1 }, (_, index) => ({ position, message: found.id, index })),
      ),
    }));
  conversationRename = (id: string, title: string): Promise<null> =>
    this.#answer("conversationRename", () => {
      this.#conversation(id).title = title;
      return null;
    });
  conversationDelete = (id: string): Promise<null> =>
    this.#answer("conversationDelete", () => {
      this.#deleted.set(id, this.#conversation(id));
      this.#conversations.delete(id);
      return null;
    });
  conversationRestore = (id: string): Promise<null> =>
    this.#answer("conversationRestore", () => {
      const row = this.#deleted.get(id);
      if (row !== undefined) this.#conversations.set(id, row);
      return null;
    });
  conversationSetModel = (id: string, model: string): Promise<null> =>
    this.#answer("conversationSetModel", () => {
      this.#conversation(id).model = model;
      return null;
    });
  draftSave = (id: string | null, text: string): Promise<null> =>
    this.#answer("draftSave", () => {
      this.drafts.set(id, text);
      return null;
    });

  messageSend = (request: SendMessage, onEvent: Emit): Promise<StartedTurn> =>
    this.#answer("messageSend", () => {
      this.sent.push(request);
      const row = request.conversation === null ? this.#create(request) : this.#conversation(request.conversation);
      const end = row.messages.findIndex(({ id }) => id === request.after) + 1;
      const user = message(this.#id("user"), request.after, "user", request.text, { createdMs: this.#now() });
      const before = row.messages[end]?.siblings.ids ?? [];
      user.siblings = { index: before.length, count: before.length + 1, ids: [...before, user.id] };
      row.messages = [...row.messages.slice(0, end), user];
      return { ...this.#begin(row, user.id, request.model, request.text, onEvent), user };
    });

  replyRetry = (request: RetryReply, onEvent: Emit): Promise<StartedTurn> =>
    this.#answer("replyRetry", () => {
      this.retried.push(request);
      const row = [...this.#conversations.values()].find(({ messages }) => messages.some(({ id }) => id === request.reply));
      const old = row?.messages.find(({ id }) => id === request.reply);
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the contract: commands reject with plain data
      if (row === undefined || old?.parent == null) throw commandError("notFound");
      const parent = old.parent;
      row.messages = row.messages.slice(0, row.messages.findIndex(({ id }) => id === parent) + 1);
      const turn = this.#begin(row, parent, request.model ?? old.model ?? "", "", onEvent);
      const ids = [...old.siblings.ids, turn.reply.id];
      turn.reply.siblings = { index: ids.length - 1, count: ids.length, ids };
      return turn;
    });

  #create({ text, model }: SendMessage): Conversation & { updatedMs: number } {
    const row = { id: this.#id("conversation"), title: text.split("\n")[0]?.slice(0, 40) ?? "", model, draft: "", count: 0, from: 0, messages: [], updatedMs: this.#now() };
    this.#conversations.set(row.id, row);
    return row;
  }

  #begin(row: Conversation & { updatedMs: number }, parent: string, model: string, question: string, onEvent: Emit): StartedTurn {
    const stored = message(this.#id("reply"), parent, "assistant", "", { status: "streaming", model, createdMs: this.#now(), finishedMs: null, firstTokenMs: null, usage: null, finishReason: null });
    row.messages = [...row.messages, stored];
    row.updatedMs = this.#now();
    const reply = new FakeReply(stored, row.id, onEvent);
    this.replies.set(stored.id, reply);
    this.#script.reply?.(reply, question);
    return { conversation: this.#summary(row), user: null, reply: stored };
  }

  replyTryNow = (): Promise<null> => this.#answer("replyTryNow", () => null);
  replyStop = (id: string): Promise<null> => this.#answer("replyStop", () => {
      this.replies.get(id)?.finish({ status: "stopped", finishReason: null });
      return null;
    });
  replyAttach = (id: string, onEvent: Emit): Promise<boolean> => this.#answer("replyAttach", () => {
      const reply = this.replies.get(id);
      if (reply === undefined || reply.ended) return false;
      reply.attach(onEvent);
      return true;
    });
  messageCopy = (id: string): Promise<null> => this.#answer("messageCopy", () => {
      const found = [...this.#conversations.values()].flatMap(({ messages }) => messages).find((one) => one.id === id);
      this.copied.push(found === undefined ? "" : found.role === "user" ? found.text : found.blocks.map(textOf).join("\n\n"));
      return null;
    });
  codeCopy = (id: string, ordinal: number): Promise<CopiedCode> => this.#answer("codeCopy", () => {
      this.copied.push(`code ${id} ${String(ordinal)}`);
      return { hidden: 0 };
    });
  tableCopy = (id: string, ordinal: number): Promise<null> => this.#answer("tableCopy", () => {
      this.copied.push(`table ${id} ${String(ordinal)}`);
      return null;
    });
  imageLoad = (): Promise<ArrayBuffer> => this.#answer("imageLoad", () => new ArrayBuffer(0));
  linkInspect = (address: string): Promise<LinkTarget> =>
    this.#answer("linkInspect", () => {
      const { host, protocol } = new URL(address);
      return { address, host, hostShown: host, secure: protocol === "https:", mixedScript: false };
    });
  settingsSave = (settings: Settings): Promise<Settings> =>
    this.#answer("settingsSave", () => {
      this.app = { ...this.app, settings };
      return settings;
    });
  linkOpen = (address: string): Promise<null> =>
    this.#answer("linkOpen", () => {
      this.opened.push(address);
      return null;
    });
  textCopy = (text: string): Promise<null> =>
    this.#answer("textCopy", () => {
      this.copied.push(text);
      return null;
    });
}

function acceptInBeijing(request: VerifyRequest, onEvent: (event: VerifyEvent) => void): Promise<Account> {
  if (request.scope.scope === "address") {
    const { address } = request.scope;
    const host = new URL(address).hostname;
    const local = request.candidate === null;
    onEvent({ event: "checking", region: null, host });
    onEvent({ event: "accepted", region: null, host, milliseconds: 8 });
    onEvent({ event: "stored", place: local ? "none" : "keychain" });
    onEvent({ event: "models", count: 3 });
    return Promise.resolve(account({ id: request.account ?? "account-2", name: host, address, host, endpoint: local ? "local" : "custom", region: null, keyPlace: local ? "none" : "keychain", keyHint: local ? null : "sk-••••1a2b", modelCount: 3 }));
  }
  const host = "dashscope.aliyuncs.com";
  onEvent({ event: "checking", region: "cn-beijing", host });
  onEvent({ event: "accepted", region: "cn-beijing", host, milliseconds: 88 });
  onEvent({ event: "stored", place: request.keep.place });
  onEvent({ event: "models", count: 23 });
  return Promise.resolve(account({ id: request.account ?? "account-1", keyPlace: request.keep.place }));
}
