// Scenes for looking at the page in a browser: `npm run dev`, then `?scene=error&kind=arrears&language=en`.

import { account, appState, conversation, exchange, failedExchange, message, words } from "./fake-data";
import { FakeIpc, type Script } from "./fake";
import type { FakeReply } from "./fake-reply";
import { commandError, type Ipc } from "./ipc";
import type { Account, AppState, Conversation, ErrorKind, Settings, StorageState, VerifyEvent, VerifyRequest } from "./bindings";

type Locale = AppState["locale"];

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const titles = {
  zhCn: ["墨水屏选购", "周报润色", "SQL 死锁排查", "Rust 生命周期与借用检查器的几个常见误会", "给孩子讲潮汐"],
  en: ["Choosing an e-paper monitor", "Polish the weekly report", "A deadlock in SQL", "Common misunderstandings of lifetimes and the borrow checker", "Tides for children"],
};

function library(locale: Locale, first: Conversation["messages"]): Conversation[] {
  return titles[locale].map((title, index) => conversation(`conversation-${String(index)}`, title, index === 0 ? first : exchange(locale)));
}

async function stream(reply: FakeReply, locale: Locale, pace: number): Promise<void> {
  reply.phase("connecting");
  await wait(200);
  reply.phase("waiting");
  await wait(900);
  reply.started();
  for (const piece of words.note[locale].match(/.{1,4}/gsu) ?? []) {
    await wait(pace);
    reply.delta("", piece);
  }
  for (let round = 0; round < 4; round += 1) {
    for (const piece of `${words.answer[locale]}\n\n`.match(/.{1,4}/gsu) ?? []) {
      if (reply.ended) return;
      await wait(pace);
      reply.delta(piece);
    }
  }
  reply.finish();
}

async function findSingapore(request: VerifyRequest, onEvent: (event: VerifyEvent) => void): Promise<Account> {
  const [beijing, singapore] = ["dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com"];
  onEvent({ event: "checking", region: "cn-beijing", host: beijing });
  await wait(500);
  onEvent({ event: "refused", region: "cn-beijing", host: beijing });
  onEvent({ event: "checking", region: "ap-southeast-1", host: singapore });
  await wait(500);
  onEvent({ event: "accepted", region: "ap-southeast-1", host: singapore, milliseconds: 231 });
  await wait(300);
  onEvent({ event: "stored", place: request.keep.place });
  onEvent({ event: "models", count: 23 });
  return account({ region: "ap-southeast-1", host: singapore, name: singapore, address: `https://${singapore}/compatible-mode/v1` });
}

function refuse(kind: ErrorKind): NonNullable<Script["verify"]> {
  return async (request, onEvent) => {
    if (kind === "keychainUnavailable" && request.keep.place === "session") return findSingapore(request, onEvent);
    const hosts = ["dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", "dashscope-us.aliyuncs.com"];
    for (const [index, region] of ["cn-beijing", "ap-southeast-1", "us-east-1"].entries()) {
      const host = hosts[index] ?? "";
      onEvent({ event: "checking", region, host });
      await wait(150);
      if (kind === "keychainUnavailable") {
        onEvent({ event: "accepted", region, host, milliseconds: 88 });
        break;
      }
      onEvent(index === 2 ? { event: "unreachable", region, host, kind: "connectTimeout" } : { event: "refused", region, host });
    }
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the contract: commands reject with plain data
    throw commandError(kind, { host: hosts[0] ?? null, code: "InvalidApiKey", status: 401, message: "Incorrect API key provided." });
  };
}

/** The scene named in the address. */
export function scriptedIpc(query: URLSearchParams): Ipc {
  const locale: Locale = query.get("language") === "en" ? "en" : "zhCn";
  const kind = (query.get("kind") ?? "keyRefused") as ErrorKind;
  const pace = Number(query.get("pace") ?? 25);
  const settings: Settings = { language: "system", theme: (query.get("theme") ?? "system") as Settings["theme"], sendKey: "enter", model: null };
  const empty = appState({ locale, settings });
  const signedIn = appState({ locale, settings, accounts: [account()], active: "account-1", lastConversation: "conversation-0" });
  const answers: Pick<Script, "reply"> = { reply: (reply) => void stream(reply, locale, pace) };
  const scenes: Record<string, () => Script> = {
    "first-run": () => ({ app: empty, verify: findSingapore }),
    "first-run-fail": () => ({ app: empty, verify: refuse(kind) }),
    "coding-plan": () => ({ app: empty, clipboard: "sk-sp-0123456789abcdef" }),
    chat: () => ({ app: signedIn, conversations: library(locale, exchange(locale)) }),
    "new-chat": () => ({ app: { ...signedIn, lastConversation: null }, conversations: library(locale, exchange(locale)) }),
    error: () => ({ app: signedIn, conversations: library(locale, failedExchange(locale, kind)) }),
    interrupted: () => ({
      app: signedIn,
      conversations: library(locale, [
        message("m1", null, "user", words.question[locale]),
        message("m2", "m1", "assistant", words.answer[locale].slice(0, 90), { status: "interrupted", finishReason: null, usage: null }),
      ]),
    }),
    demo: () => ({ app: { ...empty, demo: true }, conversations: [] }),
    "no-key": () => ({ app: { ...signedIn, accounts: [account({ needsKey: true, keyPlace: "none", keyHint: null })] }, conversations: library(locale, exchange(locale)) }),
    settings: () => ({ app: { ...signedIn, accounts: [account(), account({ id: "account-2", name: "Ollama", address: "http://127.0.0.1:11434/v1", host: "127.0.0.1", endpoint: "local", region: null, keyHint: null, keyPlace: "none" })] }, conversations: library(locale, exchange(locale)) }),
    storage: () => ({ app: { ...signedIn, storage: storage(query.get("state")) }, conversations: library(locale, exchange(locale)) }),
  };
  return new FakeIpc({ ...answers, ...(scenes[query.get("scene") ?? "chat"]?.() ?? {}) });
}

function storage(state: string | null): StorageState {
  if (state === "readOnly") return { state, reason: "newerDatabase" };
  if (state === "alreadyOpen") return { state, process: 4711 };
  return { state: state === "damaged" ? state : "unavailable" };
}
