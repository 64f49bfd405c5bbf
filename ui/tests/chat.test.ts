import { describe, expect, it, vi } from "vitest";
import { errorActions } from "../src/errors/table";
import { en } from "../src/i18n/en";
import { commandError, type ErrorKind } from "../src/ipc";
import { account, appState, conversation, exchange, message } from "../src/ipc/fake-data";
import { settle, start, type Page } from "./page";

const signedIn = appState({ locale: "en", accounts: [account()], active: "account-1" });
const library = ["one", "two"].map((id) => conversation(id, `Chat ${id}`, [message(`${id}-q`, null, "user", "question"), message(`${id}-a`, `${id}-q`, "assistant", "answer")], { model: "qwen-plus" }));

const chat = (): Promise<Page> => start({ app: signedIn, conversations: library });

describe("writing", () => {
  it("sends with Enter and starts a line with Shift and Enter", async () => {
    const page = await chat();
    await page.type("composer", "hello");
    const line = await page.press("Enter", { shiftKey: true });
    expect(line.defaultPrevented).toBe(false);
    expect(page.ipc.sent).toEqual([]);
    await page.press("Enter");
    expect(page.ipc.sent.map(({ text }) => text)).toEqual(["hello"]);
    expect((page.get("composer") as HTMLTextAreaElement).value).toBe("");
  });

  it("never sends the Enter of an input method", async () => {
    const page = await chat();
    await page.type("composer", "nihao");
    page.get("composer").dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
    await page.press("Enter", { isComposing: true, keyCode: 229 });
    page.get("composer").dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    await page.press("Enter", { keyCode: 229 });
    expect(page.ipc.sent).toEqual([]);
    await page.press("Enter", { keyCode: 229 });
    expect(page.ipc.sent.length).toBe(1);
  });

  it("sends with Ctrl and Enter when that was chosen", async () => {
    const page = await start({ app: { ...signedIn, settings: { ...signedIn.settings, sendKey: "modifierEnter" } } });
    await page.type("composer", "hello");
    await page.press("Enter");
    expect(page.ipc.sent).toEqual([]);
    await page.press("Enter", { ctrlKey: true });
    expect(page.ipc.sent.length).toBe(1);
  });

  it("warns before a text with a key is sent", async () => {
    const page = await chat();
    await page.type("composer", "my key is sk-0123456789abcdef0123");
    await page.press("Enter");
    expect(page.ipc.sent).toEqual([]);
    page.get("key-warning").querySelector("button")?.click();
    await settle();
    expect(page.ipc.sent.length).toBe(1);
  });

  it("loses nothing when the message is not taken, and sends it on the second try", async () => {
    const page = await chat();
    page.ipc.failures.set("messageSend", commandError("storageFull"));
    await page.type("composer", "precious");
    await page.press("Enter");
    expect((page.get("composer") as HTMLTextAreaElement).value).toBe("precious");
    expect(page.get("error-title").textContent).toBe("The disk is full");
    await page.click("error-action");
    expect(page.ipc.sent.map(({ text }) => text)).toEqual(["precious"]);
    expect((page.get("composer") as HTMLTextAreaElement).value).toBe("");
  });

  it("shows the draft of each conversation", async () => {
    const page = await chat();
    await page.type("composer", "for the new chat");
    page.all("conversation-item")[0]?.querySelector("button")?.click();
    await settle();
    expect((page.get("composer") as HTMLTextAreaElement).value).toBe("");
    await page.click("new-chat");
    expect((page.get("composer") as HTMLTextAreaElement).value).toBe("for the new chat");
  });

  it("offers the thinking switch only where the model has a choice, and sends it", async () => {
    const page = await chat();
    expect(page.get("thinking-switch").getAttribute("aria-pressed")).toBe("true");
    await page.click("thinking-switch");
    await page.ask("no thinking please");
    expect(page.ipc.sent[0]?.thinking).toBe(false);
    await page.session.chooseModel("qwen-max");
    await settle();
    expect(page.find("thinking-switch")).toBeNull();
  });
});

describe("a reply", () => {
  it("says what it waits for, thinks apart, answers and closes the thinking", async () => {
    const page = await chat();
    const reply = await page.ask("hello");
    expect(page.get("message-assistant").dataset["status"]).toBe("streaming");
    expect(page.get("message-assistant").getAttribute("aria-busy")).toBe("true");
    reply.phase("waiting");
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(page.get("waiting").textContent).toBe("Waiting for the model");
    reply.delta("", "let me see");
    await settle();
    expect(page.find("waiting")).toBeNull();
    expect(page.get("thinking").dataset["open"]).toBe("true");
    expect(page.get("thinking").textContent).toContain("let me see");
    reply.delta("The answer.");
    await settle();
    expect(page.get("thinking").dataset["open"]).toBe("false");
    expect(page.get("answer").textContent).toBe("The answer.");
    reply.finish({ thinkingMs: 3_200 });
    await settle();
    expect(page.get("message-assistant").dataset["status"]).toBe("complete");
    expect(page.get("thinking").textContent).toContain("Thought for 3.2 s");
  });

  it("says after twenty seconds that it still waits", async () => {
    const page = await chat();
    const now = vi.spyOn(performance, "now");
    now.mockReturnValue(1_000);
    const reply = await page.ask("hello");
    reply.phase("waiting");
    now.mockReturnValue(5_000);
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(page.get("waiting").textContent).toBe("Waiting for the model · 4 s");
    now.mockReturnValue(21_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.get("waiting").textContent).toBe("Still waiting (20 s)…");
    reply.phase("queued");
    await settle();
    expect(page.get("waiting").textContent).toBe("Queued behind another reply");
  });

  it("counts down to the next request, which can be made now or not at all", async () => {
    const page = await chat();
    const now = vi.spyOn(performance, "now");
    now.mockReturnValue(1_000);
    const reply = await page.ask("hello");
    reply.phase("connecting");
    reply.retrying(2, 7_000, commandError("rateLimited", { retryAfterSeconds: 7 }));
    await settle();
    expect(page.get("again").textContent).toContain("Asking again in 7 s");
    expect(page.get("again").textContent).toContain("2 of 3");
    expect(page.find("again-cause")).toBeNull();
    expect(page.find("waiting")).toBeNull();
    now.mockReturnValue(5_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.get("again").textContent).toContain("Asking again in 3 s");
    await page.click("again-now");
    expect(page.ipc.calls).toContain("replyTryNow");
    reply.phase("connecting");
    await settle();
    expect(page.get("again").textContent).toContain("Asking again…");
    expect(page.find("again-now")).toBeNull();
    reply.phase("waiting");
    await settle();
    expect(page.find("again")).toBeNull();
    reply.retrying(3, 7_000, commandError("serverBusy"));
    await settle();
    await page.click("again-cancel");
    expect(page.ipc.calls).toContain("replyStop");
  });

  it("counts a long wait down in the error, and leaves it to the person", async () => {
    const page = await chat();
    const now = vi.spyOn(Date, "now");
    now.mockReturnValue(1_000_000);
    const reply = await page.ask("hello");
    reply.finish({ status: "failed", finishReason: null, finishedMs: 1_000_000, error: commandError("rateLimited", { retryAfterSeconds: 90 }) });
    await settle();
    const card = page.get("error-title").parentElement;
    expect(card?.textContent).toContain("Best tried again in 90 s.");
    now.mockReturnValue(1_031_000);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(card?.textContent).toContain("Best tried again in 59 s.");
    now.mockReturnValue(1_090_000);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(card?.textContent).not.toContain("Best tried again");
    await page.click("error-action");
    expect(page.ipc.calls).toContain("replyRetry");
  });

  it("names the host that could not be reached while it is tried again, and the light says so too", async () => {
    const page = await chat();
    const reply = await page.ask("hello");
    reply.retrying(2, 500, commandError("connectTimeout", { host: "h.example" }));
    await settle();
    expect(page.get("again").textContent).toContain("Connecting took too long");
    expect(page.get("again-cause").textContent).toContain("No connection to h.example within 10 seconds");
    expect(page.get("status-light").textContent).toContain("Offline");
    reply.phase("connecting");
    await settle();
    expect(page.get("again-cause").textContent).toContain("h.example");
    reply.delta("Hello");
    await settle();
    expect(page.find("again")).toBeNull();
    reply.finish({});
    await settle();
    expect(page.get("status-light").textContent).not.toContain("Offline");
  });

  it("shows a changed row once, not twice", async () => {
    const rows = [message("q", null, "user", "q"), message("a", "q", "assistant", "so", { status: "streaming" })];
    const page = await start({ app: { ...signedIn, lastConversation: "x" }, conversations: [conversation("x", "x", rows)] });
    expect(page.get("answer").textContent).toBe("so");
    const more = [rows[0] ?? message("q", null, "user", "q"), message("a", "q", "assistant", "so far", { status: "complete" })];
    vi.spyOn(page.ipc, "conversationOpen").mockResolvedValue(conversation("x", "x", more));
    await page.session.chat.open("x");
    await settle();
    expect(page.get("answer").textContent).toBe("so far");
    expect(page.get("message-assistant").dataset["status"]).toBe("complete");
  });

  it("leaves the thinking as the reader set it", async () => {
    const page = await chat();
    const reply = await page.ask("hello");
    reply.delta("", "hm");
    await settle();
    page.get("thinking").querySelector("button")?.click();
    page.get("thinking").querySelector("button")?.click();
    await settle();
    reply.delta("answer");
    await settle();
    expect(page.get("thinking").dataset["open"]).toBe("true");
  });

  it("stops by the button and by Escape, with its text kept", async () => {
    for (const stop of [(page: Page) => page.click("stop"), (page: Page) => page.press("Escape")]) {
      const page = await chat();
      const reply = await page.ask("hello");
      expect(page.find("send")).toBeNull();
      reply.delta("so far");
      await stop(page);
      expect(page.all("message-assistant").at(-1)?.dataset["status"]).toBe("stopped");
      expect(page.all("answer").at(-1)?.textContent).toBe("so far");
      expect(page.find("send")).not.toBeNull();
      document.body.replaceChildren();
    }
  });

  it("is asked again, beside the old one", async () => {
    const page = await chat();
    const reply = await page.ask("hello");
    reply.delta("first");
    reply.finish();
    await settle();
    await page.click("retry");
    const second = [...page.ipc.replies.values()].at(-1);
    second?.delta("second");
    second?.finish();
    await settle();
    expect(page.all("message-assistant").length).toBe(1);
    expect(page.get("answer").textContent).toBe("second");
    expect(page.get("branches").textContent).toContain("2/2");
  });

  it("shows its text as letters, never as markup", async () => {
    const page = await chat();
    const reply = await page.ask("hello");
    reply.delta("<img src=x onerror=alert(1)><script>alert(2)</script>");
    reply.finish();
    await settle();
    expect(page.get("answer").querySelector("img, script")).toBeNull();
    expect(page.get("answer").textContent).toContain("<img src=x onerror=alert(1)>");
  });

  it("goes on in the background and marks its conversation when it ends", async () => {
    const page = await chat();
    const reply = await page.ask("long question");
    page.all("conversation-item").find((row) => row.dataset["id"] === "two")?.querySelector("button")?.click();
    await settle();
    const row = (): HTMLElement | undefined => page.all("conversation-item").find((item) => item.dataset["id"] === reply.conversation);
    expect(row()?.querySelector("[aria-label=Replying]")).not.toBeNull();
    expect(page.find("stop")).toBeNull();
    reply.delta("done meanwhile");
    reply.finish();
    await settle();
    expect(row()?.querySelector("[aria-label='New reply']")).not.toBeNull();
    row()?.querySelector("button")?.click();
    await settle();
    expect(page.get("answer").textContent).toBe("done meanwhile");
    expect(row()?.querySelector("[aria-label='New reply']")).toBeNull();
  });

  it("marks what was interrupted or cut at the limit", async () => {
    const cut = [message("q", null, "user", "q"), message("a", "q", "assistant", "half", { status: "interrupted", finishReason: null })];
    const page = await start({ app: { ...signedIn, lastConversation: "x" }, conversations: [conversation("x", "x", cut)] });
    expect(page.get("message-assistant").dataset["status"]).toBe("interrupted");
    expect(page.get("message-assistant").textContent).toContain("Interrupted · 4 characters saved");
  });
});

describe("a question", () => {
  it("is written anew as a branch beside the old one", async () => {
    const page = await start({ app: { ...signedIn, lastConversation: "one" }, conversations: library });
    await page.click("edit-message");
    expect((page.get("edit-field") as HTMLTextAreaElement).value).toBe("question");
    await page.type("edit-field", "a better question");
    await page.press("Enter", { ctrlKey: true });
    expect(page.ipc.sent).toMatchObject([{ conversation: "one", after: null, text: "a better question" }]);
    expect(page.all("message-user").map((shown) => shown.textContent)).toEqual([expect.stringContaining("a better question")]);
    expect(page.get("branches").textContent).toContain("2/2");
    [...page.ipc.replies.values()].at(-1)?.delta("a better answer");
    await settle();
    expect(page.all("answer").map((shown) => shown.textContent)).toEqual(["a better answer"]);
  });

  it("stays as it was at Escape, with the focus on it, and when it cannot be sent", async () => {
    const page = await start({ app: { ...signedIn, lastConversation: "one" }, conversations: library });
    await page.click("edit-message");
    await page.press("Escape");
    expect(page.find("edit-field")).toBeNull();
    expect(document.activeElement).toBe(page.get("message-user"));
    page.ipc.failures.set("messageSend", commandError("storageFull"));
    await page.click("edit-message");
    await page.type("edit-field", "precious");
    await page.click("edit-send");
    expect((page.get("edit-field") as HTMLTextAreaElement).value).toBe("precious");
    expect(page.get("error-title").textContent).toBe("The disk is full");
  });

  it("cannot be written anew while a reply runs", async () => {
    const page = await start({ app: { ...signedIn, lastConversation: "one" }, conversations: library });
    await page.ask("more");
    expect(page.find("edit-message")).toBeNull();
  });

  it("is copied as it was written", async () => {
    const page = await start({ app: { ...signedIn, lastConversation: "one" }, conversations: library });
    page.get("message-user").querySelector("button")?.click();
    await settle();
    expect(page.ipc.copied).toEqual(["question"]);
  });
});

describe("a message that waits for the end of a reply", () => {
  const value = (page: Page): string => (page.get("composer") as HTMLTextAreaElement).value;

  async function waiting(): Promise<{ page: Page; reply: Awaited<ReturnType<Page["ask"]>> }> {
    const page = await chat();
    const reply = await page.ask("first");
    await page.type("composer", "second");
    await page.press("Enter");
    return { page, reply };
  }

  it("is shown, and sent when the reply ends", async () => {
    const { page, reply } = await waiting();
    expect(page.ipc.sent.length).toBe(1);
    expect(page.get("waiting-message").textContent).toContain("second");
    expect(value(page)).toBe("");
    reply.delta("answer");
    reply.finish();
    await settle();
    expect(page.find("waiting-message")).toBeNull();
    expect(page.ipc.sent.map(({ text, after }) => [text, after])).toEqual([["first", null], ["second", reply.id]]);
    expect(page.all("message-user").length).toBe(2);
  });

  it.each([
    ["its button", (page: Page) => page.click("take-back")],
    ["Escape", (page: Page) => page.press("Escape")],
  ])("comes back to the field by %s, which does not stop the reply", async (_, back) => {
    const { page } = await waiting();
    await page.type("composer", "third");
    await back(page);
    expect(page.find("waiting-message")).toBeNull();
    expect(value(page)).toBe("second\n\nthird");
    expect(page.ipc.calls).not.toContain("replyStop");
  });

  it("comes back to the field when the reply fails or the message is not taken", async () => {
    const failed = await waiting();
    failed.reply.finish({ status: "failed", finishReason: null, error: commandError("dns") });
    await settle();
    expect(value(failed.page)).toBe("second");
    expect(failed.page.ipc.sent.length).toBe(1);
    document.body.replaceChildren();
    const refused = await waiting();
    refused.page.ipc.failures.set("messageSend", commandError("storageFull"));
    refused.reply.finish();
    await settle();
    expect(value(refused.page)).toBe("second");
  });

  it("is sent in the background too", async () => {
    const { page, reply } = await waiting();
    page.all("conversation-item").find((row) => row.dataset["id"] === "two")?.querySelector("button")?.click();
    await settle();
    expect(page.find("waiting-message")).toBeNull();
    reply.finish();
    await settle();
    expect(page.ipc.sent.at(-1)).toMatchObject({ conversation: reply.conversation, after: reply.id, text: "second" });
    expect(page.session.chat.id).toBe("two");
  });
});

describe("what a reply cost", () => {
  it("is said under it, and its request id is copied", async () => {
    const page = await chat();
    const reply = await page.ask("hello");
    reply.delta("hi");
    reply.finish({ firstTokenMs: 12 });
    await settle();
    const { textContent } = page.get("message-assistant");
    expect(textContent).toContain("first word <0.1 s");
    expect(textContent).toContain("140 tokens");
    await page.click("request-id");
    expect(page.ipc.copied).toEqual(["req-1"]);
  });
});

describe("errors inside a turn", () => {
  async function failed(kind: ErrorKind): Promise<Page> {
    const page = await chat();
    const reply = await page.ask("hello");
    reply.finish({ status: "failed", finishReason: null, error: commandError(kind, { host: "h.example", model: "qwen-plus", code: "C", requestId: "r-1", message: "vendor words", status: 400 }) });
    await settle();
    return page;
  }

  it.each(Object.keys(errorActions) as ErrorKind[])("%s has a title, a cause and one action that does something", async (kind) => {
    const page = await failed(kind);
    expect(page.all("error-title").map((title) => title.textContent)).toEqual([en[`error.${kind}.title`]]);
    expect(page.all("error-action").length).toBe(1);
    expect(page.get("message-assistant").textContent).not.toMatch(/[{}]/);
    const before = page.ipc.calls.length;
    const view = page.session.view;
    await page.click("error-action");
    const did = page.ipc.calls.length > before || page.session.view !== view || page.find("model-search") !== null || page.find("passphrase-sheet") !== null || page.find("empty-chat") !== null || document.activeElement === page.get("composer");
    expect(did || errorActions[kind] === "dismiss" || errorActions[kind] === "stop").toBe(true);
  });

  it("asks again at the click on Retry", async () => {
    const page = await failed("serverBusy");
    await page.click("error-action");
    expect(page.ipc.replies.size).toBe(2);
  });

  it("asks another model for the same question", async () => {
    const page = await failed("modelNotFound");
    await page.click("error-action");
    page.all("model-option").find((row) => row.dataset["model"] === "qwen-max")?.click();
    await settle();
    expect(page.ipc.calls).toContain("replyRetry");
    expect([...page.ipc.replies.values()].at(-1)?.stored.model).toBe("qwen-max");
  });

  it("leads to the key of the account in use", async () => {
    const page = await failed("keyRefused");
    await page.click("error-action");
    expect(page.get("account").querySelector("[data-testid=key-input]")).not.toBeNull();
  });

  it("puts a refused question back for editing", async () => {
    const page = await failed("contentRejected");
    await page.click("error-action");
    expect((page.get("composer") as HTMLTextAreaElement).value).toBe("hello");
  });

  it("keeps the vendor's words and ids in the details, and copies a report without the question", async () => {
    const page = await failed("invalidRequest");
    const details = page.get("message-assistant").querySelector("details");
    expect(details?.open).toBe(false);
    expect(details?.textContent).toContain("vendor words");
    details?.querySelector("button")?.click();
    await settle();
    expect(page.ipc.copied[0]).toContain("r-1");
    expect(page.ipc.copied[0]).not.toContain("hello");
  });
});

describe("the list of conversations", () => {
  it("renames in place and gives the focus back", async () => {
    const page = await chat();
    page.all("conversation-menu")[0]?.click();
    await settle();
    await page.click("menu-rename");
    await page.type("rename-input", "A better name");
    await page.press("Enter");
    expect(page.all("conversation-item")[0]?.textContent).toContain("A better name");
    expect(page.all("conversation-item")[0]?.contains(document.activeElement)).toBe(true);
  });

  it("leaves the name alone at Escape", async () => {
    const page = await chat();
    page.all("conversation-menu")[0]?.click();
    await settle();
    await page.click("menu-rename");
    await page.type("rename-input", "Never mind");
    await page.press("Escape");
    expect(page.all("conversation-item")[0]?.textContent).toContain("Chat one");
    expect(page.ipc.calls).not.toContain("conversationRename");
  });

  it("deletes with a way back, and never leaves the focus nowhere", async () => {
    const page = await chat();
    page.all("conversation-menu")[0]?.click();
    await settle();
    await page.click("menu-delete");
    expect(page.all("conversation-item").length).toBe(1);
    expect(document.activeElement).toBe(page.get("composer"));
    await page.click("undo");
    expect(page.all("conversation-item").length).toBe(2);
    expect(page.find("undo-toast")).toBeNull();
  });
});

describe("the keyboard", () => {
  it("starts a chat, opens settings, the models and the list of shortcuts", async () => {
    const page = await start({ app: { ...signedIn, lastConversation: "one" }, conversations: library });
    await page.press("n", { ctrlKey: true });
    expect(page.find("empty-chat")).not.toBeNull();
    await page.press("/", { ctrlKey: true });
    expect(document.activeElement).toBe(page.get("model-search"));
    await page.press("Escape");
    expect(page.find("model-search")).toBeNull();
    await page.press("F1");
    expect(page.get("shortcuts").textContent).toContain("Ctrl+N");
    document.querySelector<HTMLElement>("dialog header button")?.click();
    await settle();
    await page.press(",", { ctrlKey: true });
    expect(page.find("settings-page")).not.toBeNull();
  });

  it("chooses a model wholly by keys", async () => {
    const page = await chat();
    await page.press("/", { ctrlKey: true });
    await page.type("model-search", "qwen plus");
    await page.press("ArrowDown");
    await page.press("ArrowUp");
    await page.press("Enter");
    expect(page.get("model-picker").dataset["model"]).toBe("qwen3.7-plus");
    expect(page.ipc.app.settings.model).toBe("qwen3.7-plus");
  });

  it("goes through the chats with Ctrl and Tab", async () => {
    const page = await chat();
    await page.press("Tab", { ctrlKey: true });
    expect(page.session.chat.id).toBe("one");
    await page.press("Tab", { ctrlKey: true });
    expect(page.session.chat.id).toBe("two");
    await page.press("Tab", { ctrlKey: true, shiftKey: true });
    expect(page.session.chat.id).toBe("one");
  });

  it("goes from message to message and from branch to branch", async () => {
    const page = await start({ app: { ...signedIn, lastConversation: "x" }, conversations: [conversation("x", "x", exchange("en"))] });
    page.get("thread").focus();
    await page.press("k");
    expect(document.activeElement).toBe(page.get("message-assistant"));
    await page.press("ArrowUp");
    expect(document.activeElement).toBe(page.get("message-user"));
    await page.press("ArrowDown");
    await page.press("ArrowRight", { altKey: true });
    expect(page.ipc.calls.filter((name) => name === "conversationOpen").length).toBe(2);
  });

  it("goes round the regions with F6 and comes back to where it began", async () => {
    const page = await start({ app: { ...signedIn, lastConversation: "one" }, conversations: library });
    page.get("composer").focus();
    const visited: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      await page.press("F6");
      visited.push((document.activeElement as HTMLElement).dataset["testid"] ?? document.activeElement?.className ?? "");
    }
    expect(new Set(visited).size).toBe(4);
    expect(visited.at(-1)).toBe("composer");
    expect(visited).toContain("thread");
    expect(visited).toContain("sidebar-toggle");
  });

  it("does not stop a reply when Escape closes something else", async () => {
    const page = await chat();
    await page.ask("hello");
    await page.press("/", { ctrlKey: true });
    await page.press("Escape");
    expect(page.ipc.calls).not.toContain("replyStop");
    await page.press("Escape");
    expect(page.ipc.calls).toContain("replyStop");
  });
});
