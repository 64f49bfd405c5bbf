// What the imitation of Rust starts with: a plausible person's models, accounts and conversations.

import { commandError } from "./ipc";
import type { Account, AppState, Conversation, Message, Model, Node, Connection } from "./bindings";

export function model(id: string, name: string, more: Partial<Model> = {}): Model {
  return {
    id,
    name,
    family: id.split(/[-.]/)[0] ?? id,
    thinking: "never",
    vision: false,
    contextTokens: 131_072,
    deprecated: false,
    recommended: false,
    available: true,
    ...more,
  };
}

export const models: Model[] = [
  model("qwen-turbo", "Qwen-Turbo", { deprecated: true }),
  model("qwen3.8-max", "Qwen3.8-Max", { thinking: "hybridOn", vision: true, recommended: true }),
  model("qwen3.8-flash", "Qwen3.8-Flash", { thinking: "hybridOff", vision: true, recommended: true }),
  model("qwen3.7-plus", "Qwen3.7-Plus", { thinking: "hybridOn", vision: true }),
  model("qwen-plus", "Qwen-Plus", { thinking: "hybridOff" }),
  model("qwen-max", "Qwen-Max"),
  model("qwq-plus", "QwQ-Plus", { thinking: "always" }),
  model("qwen-long", "Qwen-Long", { contextTokens: 10_000_000 }),
  model("qwen3-vl-plus", "Qwen3-VL-Plus", { thinking: "hybridOff", vision: true }),
  model("qwen3-coder-plus", "Qwen3-Coder-Plus"),
  model("deepseek-v3.2", "DeepSeek-V3.2", { thinking: "hybridOff", available: false }),
];

export function account(more: Partial<Account> = {}): Account {
  return {
    id: "account-1",
    name: "dashscope.aliyuncs.com",
    address: "https://dashscope.aliyuncs.com/compatible-mode/v1",
    host: "dashscope.aliyuncs.com",
    endpoint: "official",
    region: "cn-beijing",
    keyHint: "sk-••••1a2b",
    keyPlace: "keychain",
    needsKey: false,
    modelCount: 23,
    ...more,
  };
}

export function appState(more: Partial<AppState> = {}): AppState {
  return {
    version: "0.1.0",
    locale: "zhCn",
    storage: { state: "ready" },
    dataFolder: "/home/lin/.local/share/app.dashdesk.desktop",
    keychain: "secretService",
    passphraseFile: "none",
    settings: { language: "system", theme: "system", sendKey: "enter", model: null },
    accounts: [],
    active: null,
    demo: false,
    newChatDraft: "",
    lastConversation: null,
    ...more,
  };
}

/** A reply of plain paragraphs, as Rust would send it. */
export function paragraphs(text: string): Node[] {
  return text.split("\n\n").filter((part) => part !== "").map((part) => ({ tag: "paragraph", children: [part] }));
}

/** A conversation that is loaded wholly. */
export function conversation(id: string, title: string, messages: Message[], more: Partial<Conversation> = {}): Conversation {
  return { id, title, model: "qwen3.8-max", draft: "", count: messages.length, from: 0, messages, ...more };
}

/** The way of a reply that came straight from the first region. */
export function connection(more: Partial<Connection> = {}): Connection {
  return {
    host: "dashscope.aliyuncs.com",
    region: "cn-beijing",
    address: "official",
    route: { kind: "direct" },
    attempts: 1,
    dnsMs: 12,
    connectMs: 31,
    tlsMs: 44,
    firstByteMs: 142,
    ...more,
  };
}

export function message(id: string, parent: string | null, role: Message["role"], text: string, more: Partial<Message> = {}): Message {
  const assistant = role === "assistant";
  return {
    id,
    parent,
    role,
    status: "complete",
    text: assistant ? "" : text,
    characters: text.length,
    blocks: assistant ? paragraphs(text) : [],
    thinking: "",
    model: assistant ? "qwen3.8-max" : null,
    createdMs: Date.now() - 240_000,
    finishedMs: assistant ? Date.now() - 200_000 : null,
    firstTokenMs: assistant ? 820 : null,
    thinkingMs: null,
    finishReason: assistant ? "stop" : null,
    usage: assistant ? { inputTokens: 312, outputTokens: 928, reasoningTokens: null, totalTokens: 1_240, cachedTokens: null } : null,
    requestId: assistant ? "7c1d6a52-8f0e-9b7e-a3f5-0c2f4a2b9d11" : null,
    connection: assistant ? connection() : null,
    error: null,
    siblings: { index: 0, count: 1, ids: [id] },
    ...more,
  };
}

const question = {
  zhCn: "帮我比较三款墨水屏显示器，重点看刷新率和残影。",
  en: "Compare three e-paper monitors for me, mainly refresh rate and ghosting.",
};
const note = {
  zhCn: "用户关心刷新率与残影，所以先把三款的驱动方式分清楚，再说接口和价格。\n\n注意：厂商写的“等效刷新率”口径不同，要提醒一句。",
  en: "They care about refresh rate and ghosting, so I should separate the driving modes first, then ports and price.\n\nNote: vendors count “equivalent refresh rate” differently; say so.",
};
const answer = {
  zhCn: "三款的差别主要在残影控制与接口。\n\n第一款 25.3 英寸，用局部刷新加动态抖动，打字和滚动都跟手，但看深色图片会留下淡淡的影子，每隔十几页要手动清一次。\n\n第二款 13.3 英寸，刷新更慢，残影却最少，适合看 PDF 和写批注；它只有一个 USB-C 口，供电和信号走同一根线。\n\n第三款带前光，刷新率写的是 60 Hz，不过那是“等效”的数字，实际观感接近 30 Hz。\n\n结论：如果你主要写字，选第一款；如果主要读论文，选第二款。",
  en: "The three differ mainly in how they handle ghosting and in their ports.\n\nThe first, 25.3 inches, combines partial refresh with dynamic dithering. Typing and scrolling keep up, but dark pictures leave a faint shadow, and every dozen pages you clear it by hand.\n\nThe second, 13.3 inches, refreshes more slowly and ghosts least of all: good for PDFs and notes. It has a single USB-C port for power and picture.\n\nThe third has a front light and claims 60 Hz, which is an “equivalent” figure; it looks closer to 30 Hz.\n\nIn short: for writing take the first, for reading papers the second.",
};

export const words = { question, note, answer };

/** A finished exchange, its reply with thinking and a second branch. */
export function exchange(locale: AppState["locale"]): Message[] {
  return [
    message("m1", null, "user", question[locale]),
    message("m2", "m1", "assistant", answer[locale], {
      thinking: note[locale],
      thinkingMs: 38_000,
      siblings: { index: 1, count: 3, ids: ["m2a", "m2", "m2c"] },
    }),
  ];
}

/** The same question, with a reply that failed. */
export function failedExchange(locale: AppState["locale"], kind: Parameters<typeof commandError>[0]): Message[] {
  const error = commandError(kind, {
    code: "InvalidApiKey",
    message: "Invalid API-key provided.",
    status: 401,
    host: "dashscope.aliyuncs.com",
    region: "cn-beijing",
    model: "qwen3.8-max",
    requestId: "7c1d6a52-8f0e-9b7e-a3f5-0c2f4a2b9d11",
    retryAfterSeconds: kind === "rateLimited" ? 7 : null,
  });
  return [
    message("m1", null, "user", question[locale]),
    message("m2", "m1", "assistant", "", { status: "failed", error, firstTokenMs: null, usage: null, finishReason: null }),
  ];
}
