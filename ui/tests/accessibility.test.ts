import axe from "axe-core";
import { describe, expect, it } from "vitest";
import { announcement } from "../src/design/announcer.svelte";
import { account, appState, conversation, exchange, failedExchange } from "../src/ipc/fake-data";
import { refuse, settle, start, type Page } from "./page";

const signedIn = appState({ locale: "en", accounts: [account()], active: "account-1", lastConversation: "x" });
const conversations = (messages = exchange("en")) => [conversation("x", "Chat", messages, { model: null })];

/** The serious findings; colours are checked from the tokens, because jsdom draws nothing. */
async function findings(): Promise<string[]> {
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } }, resultTypes: ["violations"] });
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

const screens: Record<string, () => Promise<Page>> = {
  "the first run": () => start({ app: appState({ locale: "en" }) }),
  "an accepted key": async () => {
    const page = await start({ app: appState({ locale: "en" }) });
    await page.click("key-paste");
    return page;
  },
  "a refused key": async () => {
    const page = await start({ app: appState({ locale: "en" }), verify: () => refuse("keyRefused") });
    await page.click("key-paste");
    return page;
  },
  "a new chat": () => start({ app: { ...signedIn, lastConversation: null } }),
  "a conversation": () => start({ app: signedIn, conversations: conversations() }),
  "a failed reply": () => start({ app: signedIn, conversations: conversations(failedExchange("en", "keyRefused")) }),
  "the models": async () => {
    const page = await start({ app: signedIn, conversations: conversations() });
    await page.click("model-picker");
    return page;
  },
  "a menu": async () => {
    const page = await start({ app: signedIn, conversations: conversations() });
    await page.click("conversation-menu");
    return page;
  },
  "the settings": async () => {
    const page = await start({ app: signedIn, conversations: conversations() });
    await page.click("settings");
    return page;
  },
  "a question before deleting": async () => {
    const page = await start({ app: signedIn, conversations: conversations() });
    await page.click("settings");
    await page.click("account-delete");
    return page;
  },
  "damaged data": () => start({ app: { ...signedIn, lastConversation: null, storage: { state: "damaged" } } }),
};

describe("accessibility", () => {
  it.each(Object.keys(screens))("%s has no serious finding", async (name) => {
    await screens[name]?.();
    expect(await findings()).toEqual([]);
  });

  it("has one main place, the list of chats and a form for the message", async () => {
    await start({ app: signedIn, conversations: conversations() });
    expect(document.querySelectorAll("main").length).toBe(1);
    expect(document.querySelector("nav")?.getAttribute("aria-label")).toBe("Chats");
    expect(document.querySelector("form")?.getAttribute("aria-label")).toBe("Message");
  });

  it("keeps the words of a running reply out of every live region", async () => {
    const page = await start({ app: signedIn, conversations: conversations() });
    const reply = await page.ask("hello");
    for (let word = 0; word < 20; word += 1) {
      reply.delta(`word${String(word)} `);
      await settle();
    }
    const spoken = [...document.querySelectorAll("[aria-live], [role=status], [role=alert], [role=log]")].map((region) => region.textContent).join("");
    expect(spoken).not.toContain("word");
    expect(announcement()).not.toContain("word");
    expect(page.all("message-assistant").at(-1)?.getAttribute("aria-busy")).toBe("true");
  });
});
