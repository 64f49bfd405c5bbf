// What the page knows of the app: the state Rust reported, the models, and which view is shown.

import { setLocale, type Locale } from "../i18n/index.svelte";
import { asCommandError, type AppState, type CommandError, type Ipc, type Model, type Settings, type RouteChoice } from "../ipc";
import { applyTheme } from "../design/theme";
import { Chat, type ReplyListener } from "./chat.svelte";
import { Doctor } from "./doctor.svelte";
import { Find } from "./find.svelte";
import { Library } from "./library.svelte";
import { Link } from "./link.svelte";

export type View = "firstRun" | "chat" | "settings" | "doctor";

export class Session {
  readonly ipc: Ipc;
  readonly library: Library;
  readonly link = new Link();
  /** Whose way was left for a direct one, and what it was. */
  detour = $state.raw<{ account: string | null; choice: RouteChoice } | null>(null);
  /** One question at a time. */
  #looking = false;
  readonly chat: Chat;
  readonly find: Find;
  readonly doctor: Doctor;

  app = $state.raw() as AppState;
  models = $state.raw<Model[]>([]);
  view = $state<View>("chat");
  /** The person's wish for models that can think or not; `"model"` says nothing about it to them. */
  thinkingWish = $state<boolean | "model" | null>(null);
  /** What goes on once the passphrase of the key file was entered. */
  passphraseFor = $state.raw<(() => void) | null>(null);
  /** An error of a command that belongs to no place of its own. */
  error = $state.raw<CommandError | null>(null);

  constructor(ipc: Ipc, app: AppState, listener: ReplyListener) {
    this.ipc = ipc;
    this.library = new Library(ipc);
    this.doctor = new Doctor(ipc, (issuer) => (this.link.inspectedBy = issuer));
    this.chat = new Chat(ipc, this.library, this.link, app.newChatDraft, listener);
    this.find = new Find(
      async (query) => {
        const { id, leaf } = this.chat;
        return id === null || leaf === null ? { query, hits: [], cut: false } : ipc.conversationFind(id, leaf, query);
      },
      () => this.chat.bookmark?.position ?? this.chat.count - 1,
    );
    this.take(app);
    this.view = this.needsFirstRun ? "firstRun" : "chat";
  }

  get account(): AppState["accounts"][number] | null {
    return this.app.accounts.find(({ id }) => id === this.app.active) ?? null;
  }

  /** What a request would reach now. */
  get reach(): "demo" | "local" | "remote" | "noKey" {
    if (this.app.demo) return "demo";
    if (this.account === null || this.account.needsKey) return "noKey";
    return this.account.endpoint === "local" ? "local" : "remote";
  }

  get needsFirstRun(): boolean {
    return this.app.active === null && !this.app.demo;
  }

  get writable(): boolean {
    return this.app.storage.state === "ready";
  }

  get usable(): boolean {
    return this.app.storage.state === "ready" || this.app.storage.state === "readOnly";
  }

  get locale(): Locale {
    return this.app.settings.language === "system" ? this.app.locale : this.app.settings.language;
  }

  /** The model the next message goes to. */
  get model(): Model | null {
    const wanted = this.chat.conversation?.model ?? this.app.settings.model;
    return this.models.find(({ id }) => id === wanted) ?? this.defaultModel;
  }

  /** Whether the next message is to be thought about; `null` where there is no choice. */
  get thinks(): boolean | null {
    const own = this.model?.thinking;
    if (own !== "hybridOn" && own !== "hybridOff") return null;
    return typeof this.thinkingWish === "boolean" ? this.thinkingWish : own === "hybridOn";
  }

  /** What the request says about it. */
  get thinkingSaid(): boolean | null {
    return this.thinkingWish === "model" ? null : this.thinks;
  }

  get defaultModel(): Model | null {
    const usable = this.models.filter(({ available, deprecated }) => available !== false && !deprecated);
    return usable.find(({ recommended }) => recommended) ?? usable[0] ?? this.models[0] ?? null;
  }

  /** Takes a new state of the app: language and theme follow at once. */
  take(app: AppState): void {
    this.app = app;
    setLocale(this.locale);
    applyTheme(app.settings.theme);
  }

  /** Loads what the chat view needs. Called at the start and when an account or the storage changed. */
  async load(): Promise<void> {
    if (!this.usable) return;
    await Promise.all([this.attempt(() => this.library.load()), this.loadModels()]);
  }

  async loadModels(): Promise<void> {
    await this.attempt(async () => {
      this.models = await this.ipc.models();
    });
  }

  async refresh(): Promise<void> {
    this.take(await this.ipc.appState());
    await this.load();
  }

  async saveSettings(change: Partial<Settings>): Promise<void> {
    await this.attempt(async () => {
      const settings = await this.ipc.settingsSave({ ...this.app.settings, ...change });
      this.take({ ...this.app, settings });
    });
  }

  /** Asks whether the way is open again: the list of models, which costs nothing. */
  async lookAgain(): Promise<void> {
    const account = this.app.active;
    if (account === null || document.visibilityState === "hidden" || this.#looking) return;
    this.#looking = true;
    try {
      this.link.worked((await this.ipc.accountTest(account)).milliseconds);
    } catch (thrown) {
      this.link.failed(asCommandError(thrown));
    } finally {
      this.#looking = false;
    }
  }

  /** Asks for the passphrase of the key file, then goes on. */
  askPassphrase(then: () => void): void {
    this.passphraseFor = then;
  }

  /** Opens the key file and goes on with what waited for it. What went wrong is thrown. */
  async enterPassphrase(passphrase: string): Promise<void> {
    await this.ipc.passphraseEnter(passphrase);
    const then = this.passphraseFor;
    this.passphraseFor = null;
    await this.attempt(() => this.refresh());
    then?.();
  }

  /** Somebody can be reached again: what was written meanwhile goes out, once. */
  async backOnline(): Promise<void> {
    const { chat } = this;
    // Where a reply runs, its end sends what waits.
    const idle = chat.queue.offline.filter(([conversation]) => !chat.isReplying(conversation));
    // One after the other: the page begins one at a time.
    for (const [conversation, after] of idle) await chat.sendWaiting(conversation, after, true);
  }

  /** Leaves the proxy out of the way of the account in use, and keeps what was typed of it. */
  async goDirect(): Promise<void> {
    await this.attempt(async () => {
      const { app, account } = await this.ipc.routeSettings(this.app.active);
      const { choice } = account ?? app;
      const whose = account === null ? null : this.app.active;
      await this.ipc.routeSet(whose, { mode: "direct", proxy: choice.proxy }, null);
      this.detour = { account: whose, choice };
      this.link.reset();
    });
  }

  /** Takes the way again that was left with `goDirect`. */
  async endDetour(): Promise<void> {
    const { detour } = this;
    if (detour === null) return;
    await this.attempt(async () => {
      await this.ipc.routeSet(detour.account, detour.choice, null);
      this.detour = null;
      this.link.reset();
    });
  }

  async chooseModel(id: string): Promise<void> {
    await this.attempt(async () => {
      if (this.chat.conversation === null) await this.saveSettings({ model: id });
      else await this.chat.setModel(id);
    });
  }

  dismissErrors(): void {
    this.error = null;
    this.chat.error = null;
  }

  /** Runs something whose failure is shown in the general place. True when it worked. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      this.error = asCommandError(thrown);
      return false;
    }
  }
}
