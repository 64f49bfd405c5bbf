// Starts the page: reads the app's state, paints it, then tells Rust that the window can be shown.

import "./design/tokens.css";
import "./design/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { announce } from "./design/announcer.svelte";
import { markSystem } from "./design/platform";
import { errorTitle } from "./errors/words";
import { t } from "./i18n/index.svelte";
import { insideShell, tauriIpc, type AppState, type Ipc } from "./ipc";
import { countWords } from "./session/count-words";
import type { Reply } from "./session/reply.svelte";
import { Session } from "./session/session.svelte";

/** The client: Rust inside the app; in a browser during development an imitation that is not in the bundle. */
async function client(): Promise<Ipc> {
  if (import.meta.env.DEV && !insideShell()) {
    const { scriptedIpc } = await import("./ipc/scenes");
    return scriptedIpc(new URLSearchParams(location.search));
  }
  return tauriIpc();
}

const spoken = {
  started: (): void => announce(t("announce.answering")),
  finished: ({ outcome, document }: Reply): void => {
    if (outcome?.error != null) announce(t("announce.failed", { title: errorTitle(outcome.error) }));
    else if (outcome?.status === "stopped") announce(t("announce.stopped"));
    else announce(t("announce.finished", { count: countWords(document.element.textContent) }));
  },
};

/** Resolves when the page was painted, or at once where a hidden window gets no frames. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    const fallback = setTimeout(resolve, 60);
    requestAnimationFrame(() => {
      clearTimeout(fallback);
      setTimeout(resolve, 0);
    });
  });
}

/** What is shown when not even the state can be read. */
function unreadable(): AppState {
  return {
    version: "",
    locale: navigator.language.startsWith("zh") ? "zhCn" : "en",
    storage: { state: "unavailable" },
    dataFolder: "",
    keychain: "secretService",
    passphraseFile: "none",
    settings: { language: "system", theme: "system", sendKey: "enter", model: null },
    accounts: [],
    active: null,
    demo: false,
    newChatDraft: "",
    lastConversation: null,
  };
}

async function start(): Promise<void> {
  markSystem();
  const ipc = await client();
  const target = document.getElementById("app");
  if (target === null) return;
  const session = new Session(ipc, await ipc.appState().catch(unreadable), spoken);
  const last = session.view === "chat" ? session.app.lastConversation : null;
  session.chat.opening = last !== null;
  const loading = session.load();
  mount(App, { target, props: { session } });
  document.documentElement.dataset["ready"] = "true";
  await painted();
  // A long conversation takes longer to lay out than the window takes to appear, so it comes second.
  await Promise.all([ipc.appReady(), loading, last === null ? null : session.chat.open(last)]);
}

void start();
