import { beforeEach, describe, expect, it, vi } from "vitest";
import { commandError, type Message } from "../ipc";
import { FakeIpc, type Script } from "../ipc/fake";
import type { FakeReply } from "../ipc/fake-reply";
import { conversation, message } from "../ipc/fake-data";
import type { Body } from "./bodies";
import { Chat } from "./chat.svelte";
import { Library } from "./library.svelte";
import { Link } from "./link.svelte";

function setUp(script: Script = {}) {
  const ipc = new FakeIpc(script);
  const library = new Library(ipc);
  const link = new Link();
  const heard: string[] = [];
  const chat = new Chat(ipc, library, link, "a draft from last time", {
    started: () => heard.push("started"),
    finished: (reply) => heard.push(`finished ${reply.outcome?.status ?? ""}`),
  });
  const last = (): Message => {
    const found = chat.messages.at(-1);
    if (found === undefined) throw new Error("no message");
    return found;
  };
  const remote = (id: string): FakeReply => {
    const found = ipc.replies.get(id);
    if (found === undefined) throw new Error("no reply");
    return found;
  };
  return { ipc, library, link, chat, heard, last, remote };
}

function shown({ document }: Body): string {
  document.flush();
  return document.element.textContent;
}

function exchange(id: string): Message[] {
  return [message(`${id}-q`, null, "user", "question"), message(`${id}-a`, `${id}-q`, "assistant", "answer")];
}

const twoConversations: Script = {
  conversations: ["one", "two"].map((id) => (conversation(id, id, exchange(id), { model: "qwen-plus" }))),
};

describe("sending", () => {
  it("shows the question and the growing reply, then how it ended", async () => {
    const { chat, last, remote, library, link, heard } = setUp();
    expect(await chat.send("hello", "qwen-plus", null)).toBe(true);
    expect(chat.messages.map(({ role, text }) => [role, text])).toEqual([["user", "hello"], ["assistant", ""]]);
    const { id } = last();
    const reply = remote(id);
    reply.started();
    reply.delta("Hi");
    reply.delta(" there");
    expect(chat.running?.id).toBe(id);
    expect(shown(chat.body(last()))).toBe("Hi there");
    expect(library.conversations[0]?.replying).toBe(true);
    reply.finish();
    expect(chat.running).toBeNull();
    expect(last()).toMatchObject({ status: "complete", characters: 8 });
    expect(shown(chat.body(last()))).toBe("Hi there");
    expect(library.conversations[0]?.replying).toBe(false);
    expect(link.state).toBe("works");
    expect(heard).toEqual(["started", "finished complete"]);
  });

  it("takes events that overtake the command's answer", async () => {
    const { chat, last } = setUp({
      reply: (reply) => {
        reply.started();
        reply.delta("at once");
        reply.finish();
      },
    });
    await chat.send("hello", "qwen-plus", null);
    expect(last()).toMatchObject({ status: "complete", characters: 7 });
  });

  it("goes on from the message that is shown last", async () => {
    const { chat, ipc } = setUp(twoConversations);
    await chat.open("one");
    await chat.send("more", "qwen-plus", true);
    expect(ipc.sent[0]).toEqual({ conversation: "one", after: "one-a", text: "more", model: "qwen-plus", thinking: true });
  });

  it("keeps everything as it was when the message is not taken", async () => {
    const { chat, ipc } = setUp();
    ipc.failures.set("messageSend", commandError("storageFull"));
    expect(await chat.send("hello", "qwen-plus", null)).toBe(false);
    expect(chat.error?.kind).toBe("storageFull");
    expect(chat.messages).toEqual([]);
    expect(chat.sending).toBe(false);
  });

  it("does not send twice at a time", async () => {
    const { chat, ipc } = setUp();
    const [first, second] = await Promise.all([chat.send("a", "m", null), chat.send("b", "m", null)]);
    expect([first, second]).toEqual([true, false]);
    expect(ipc.sent.length).toBe(1);
  });

  it("says that the road is broken when it is, and not when the content was refused", async () => {
    const { chat, link, last, remote } = setUp();
    await chat.send("a", "m", null);
    remote(last().id).finish({ status: "failed", error: commandError("contentRejected") });
    expect(link.state).toBe("works");
    await chat.retry(last().id, null);
    // Before anything was sent there is nothing to say of the road.
    await chat.retry(last().id, null);
    remote(last().id).finish({ status: "failed", error: commandError("passphraseNeeded") });
    expect(link.state).toBe("works");
    await chat.retry(last().id, null);
    remote(last().id).finish({ status: "failed", error: commandError("dns") });
    expect(link.state).toBe("offline");
  });
});

describe("a reply in the background", () => {
  it("goes on when another conversation is opened, and is whole on return", async () => {
    const { chat, library, last, remote } = setUp(twoConversations);
    await chat.open("one");
    await chat.send("long question", "m", null);
    const { id } = last();
    const reply = remote(id);
    reply.delta("first ");
    await chat.open("two");
    expect(chat.running).toBeNull();
    reply.delta("second ");
    await chat.open("one");
    expect(chat.running?.id).toBe(id);
    expect(shown(chat.body(last()))).toBe("first second ");
    await chat.open("two");
    reply.delta("third");
    reply.finish();
    expect(library.unread.has("one")).toBe(true);
    expect(chat.replies.size).toBe(0);
    await chat.open("one");
    expect(library.unread.has("one")).toBe(false);
    expect(last().status).toBe("complete");
    expect(shown(chat.body(last()))).toBe("first second third");
  });

  it("asks for everything so far when an event went missing", async () => {
    const { chat, last, remote } = setUp();
    await chat.send("q", "m", null);
    const reply = remote(last().id);
    reply.delta("one ");
    reply.lose("two ");
    reply.delta("three ");
    await vi.waitFor(() => expect(shown(chat.body(last()))).toBe("one two three "));
    reply.delta("four");
    reply.finish();
    expect(shown(chat.body(last()))).toBe("one two three four");
    expect(chat.running).toBeNull();
  });
});

describe("retry, stop and branches", () => {
  it("puts the new reply in the place of the old one and knows its siblings", async () => {
    const { chat, last, remote } = setUp(twoConversations);
    await chat.open("one");
    expect(await chat.retry("one-a", "qwen-max")).toBe(true);
    expect(chat.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(last()).toMatchObject({ model: "qwen-max", siblings: { index: 1, count: 2 } });
    remote(last().id).finish();
    expect(last().status).toBe("complete");
  });

  it("stops the reply of the open conversation and keeps its text", async () => {
    const { chat, last, remote } = setUp();
    await chat.send("q", "m", null);
    remote(last().id).delta("so far");
    await chat.stop();
    expect(last().status).toBe("stopped");
    expect(shown(chat.body(last()))).toBe("so far");
  });

  it("opens the sibling beside a reply, and nothing beyond the last", async () => {
    const { chat, ipc } = setUp(twoConversations);
    await chat.open("one");
    const open = vi.spyOn(ipc, "conversationOpen");
    const reply = { ...message("one-a", "one-q", "assistant", "answer"), siblings: { index: 0, count: 2, ids: ["one-a", "one-b"] } };
    await chat.switchBranch(reply, 1);
    expect(open).toHaveBeenLastCalledWith("one", "one-b");
    await chat.switchBranch(reply, 2);
    expect(open).toHaveBeenCalledTimes(1);
  });
});

describe("opening", () => {
  it("keeps what is shown while it says the same, and shows anew what changed", async () => {
    const { chat, ipc, last } = setUp(twoConversations);
    await chat.open("one");
    const before = chat.messages.map((row) => chat.body(row));
    await chat.open("one");
    expect(chat.messages.map((row) => chat.body(row))).toEqual(before);
    expect(chat.body(chat.messages[1] as Message)).toBe(before[1]);
    vi.spyOn(ipc, "conversationOpen").mockResolvedValueOnce(conversation("one", "one", [message("one-q", null, "user", "question"), message("one-a", "one-q", "assistant", "another answer")]));
    await chat.open("one");
    expect(shown(chat.body(last()))).toBe("another answer");
  });

  it("listens again to a reply that runs, and reads one that has ended meanwhile", async () => {
    const { chat, ipc, last } = setUp();
    await chat.send("q", "m", null);
    const { id } = last();
    ipc.replies.get(id)?.delta("so ");
    const reloaded = new Chat(ipc, new Library(ipc), new Link(), "", { started: () => undefined, finished: () => undefined });
    await reloaded.open(chat.id ?? "");
    await vi.waitFor(() => expect(reloaded.running?.id).toBe(id));
    const row = reloaded.messages.at(-1) as Message;
    await vi.waitFor(() => expect(shown(reloaded.body(row))).toBe("so "));
    ipc.replies.get(id)?.delta("far");
    ipc.replies.get(id)?.finish();
    expect(shown(reloaded.body(row))).toBe("so far");
    expect(reloaded.running).toBeNull();
  });

  it("loads the end of a long conversation, then what is near, and lets go of what is far", async () => {
    const long = Array.from({ length: 500 }, (_, index) => message(`m${String(index)}`, index === 0 ? null : `m${String(index - 1)}`, index % 2 === 0 ? "user" : "assistant", `text ${String(index)}`));
    const { chat } = setUp({ conversations: [conversation("x", "x", long)] });
    await chat.open("x");
    expect([chat.from, chat.messages.length, chat.count]).toEqual([440, 60, 500]);
    expect(chat.atEnd).toBe(true);
    for (let round = 0; round < 4; round += 1) await chat.extend("before");
    expect(chat.messages.length).toBeLessThanOrEqual(140);
    expect(chat.from).toBe(280);
    await chat.goTo(10);
    expect(chat.messages[10 - chat.from]?.id).toBe("m10");
    await chat.extend("after");
    expect(chat.messages.length).toBeLessThanOrEqual(140);
    expect(chat.messages.map(({ id }) => id)).toEqual(long.slice(chat.from, chat.from + chat.messages.length).map(({ id }) => id));
  });

  it("says why a conversation cannot be opened and keeps the one that is", async () => {
    const { chat, ipc } = setUp(twoConversations);
    await chat.open("one");
    ipc.failures.set("conversationOpen", commandError("storageBusy"));
    await chat.open("two");
    expect([chat.id, chat.error?.kind, chat.opening]).toEqual(["one", "storageBusy", false]);
  });
});

describe("drafts", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });

  it("are saved at most 300 ms after the last key, once", async () => {
    const { chat, ipc } = setUp();
    expect(chat.draft).toBe("a draft from last time");
    chat.drafts.set(null, "he");
    await vi.advanceTimersByTimeAsync(100);
    chat.drafts.set(null, "hello");
    await vi.advanceTimersByTimeAsync(300);
    expect(ipc.drafts.get(null)).toBe("hello");
    expect(ipc.calls.filter((name) => name === "draftSave").length).toBe(1);
  });

  it("stay with their conversation", async () => {
    const { chat, ipc } = setUp(twoConversations);
    chat.drafts.set(null, "new");
    await chat.open("one");
    expect(ipc.drafts.get(null)).toBe("new");
    chat.drafts.set("one", "for one");
    await chat.open("two");
    expect(chat.draft).toBe("");
    await chat.open("one");
    expect(chat.draft).toBe("for one");
    chat.startNew();
    expect(chat.draft).toBe("new");
  });

  it("are empty after sending", async () => {
    const { chat, ipc } = setUp();
    chat.drafts.set(null, "hello");
    await chat.send("hello", "m", null);
    await vi.advanceTimersByTimeAsync(0);
    expect(ipc.drafts.get(null)).toBe("");
  });

  it("stay in memory when they cannot be saved", async () => {
    const { chat, ipc } = setUp();
    ipc.failures.set("draftSave", commandError("storageFull"));
    chat.drafts.set(null, "precious");
    await vi.advanceTimersByTimeAsync(300);
    expect(chat.draft).toBe("precious");
  });
});

describe("the list of conversations", () => {
  it("brings a deleted one back within eight seconds, and forgets it after", async () => {
    vi.useFakeTimers();
    const { library, ipc } = setUp(twoConversations);
    await library.load();
    await library.remove("one");
    expect(library.conversations.map(({ id }) => id)).toEqual(["two"]);
    expect(library.deleted?.id).toBe("one");
    await vi.advanceTimersByTimeAsync(7_900);
    expect(await library.undo()).toBe("one");
    expect(library.conversations.map(({ id }) => id)).toEqual(["one", "two"]);
    expect(ipc.calls).toContain("conversationRestore");
    await library.remove("two");
    await vi.advanceTimersByTimeAsync(8_000);
    expect(library.deleted).toBeNull();
    expect(await library.undo()).toBeNull();
    vi.useRealTimers();
  });

  it("stays as it is when the deletion fails", async () => {
    const { library, ipc } = setUp(twoConversations);
    await library.load();
    ipc.failures.set("conversationDelete", commandError("storageReadOnly"));
    await expect(library.remove("one")).rejects.toMatchObject({ kind: "storageReadOnly" });
    expect(library.conversations.length).toBe(2);
    expect(library.deleted).toBeNull();
  });
});
