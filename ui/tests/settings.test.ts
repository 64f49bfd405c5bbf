import { describe, expect, it } from "vitest";
import { commandError, type ErrorKind, type StorageState } from "../src/ipc";
import { account, appState, conversation, exchange } from "../src/ipc/fake-data";
import { settle, start, type Page } from "./page";

const signedIn = appState({ locale: "en", accounts: [account()], active: "account-1" });

async function settings(app = signedIn): Promise<Page> {
  const page = await start({ app });
  await page.click("settings");
  return page;
}

function option(page: Page, id: string, value: string): void {
  page.get(id).querySelector<HTMLElement>(`[data-option=${value}] input`)?.click();
}

describe("settings", () => {
  it("switch the language of the whole page at once", async () => {
    const page = await settings();
    option(page, "settings-language", "zhCn");
    await settle();
    expect(page.get("settings-page").textContent).toContain("账户与 Key");
    expect(document.documentElement.lang).toBe("zh-CN");
    expect(page.ipc.app.settings.language).toBe("zhCn");
    option(page, "settings-language", "system");
    await settle();
    expect(page.get("settings-page").textContent).toContain("Account and key");
  });

  it("switch the theme, and go on without web storage", async () => {
    const page = await settings();
    option(page, "settings-theme", "dark");
    await settle();
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    expect(localStorage.getItem("theme")).toBe("dark");
    const storage = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
    Object.defineProperty(globalThis, "localStorage", {
      configurable: true,
      get: () => {
        throw new DOMException("no storage", "SecurityError");
      },
    });
    option(page, "settings-theme", "light");
    await settle();
    expect(document.documentElement.dataset["theme"]).toBe("light");
    option(page, "settings-theme", "system");
    await settle();
    expect(document.documentElement.dataset["theme"]).toBeUndefined();
    if (storage !== undefined) Object.defineProperty(globalThis, "localStorage", storage);
  });

  it("keep what was, and say so, when they cannot be saved", async () => {
    const page = await settings();
    page.ipc.failures.set("settingsSave", commandError("storageFull"));
    option(page, "settings-theme", "dark");
    await settle();
    expect(document.documentElement.dataset["theme"]).toBeUndefined();
    expect(page.get("error-title").textContent).toBe("The disk is full");
  });

  it("show what a new address changes, then ask for its key", async () => {
    const page = await settings();
    expect(page.get("settings-page").textContent).toContain("An official address normally needs no change");
    await page.type("settings-endpoint", "https://gateway.example.com/v1");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const preview = page.get("address-preview");
    expect(preview.textContent).toContain("dashscope.aliyuncs.com");
    expect(preview.textContent).toContain("Must be entered again");
    await page.click("settings-endpoint-save");
    await settle();
    expect(page.get("account").textContent).toContain("A key must be entered");
    await page.type("key-input", "sk-0123456789abcdef0123");
    await page.click("key-verify");
    expect(page.ipc.verified[0]).toMatchObject({ account: "account-1", scope: { scope: "address", address: "https://gateway.example.com/v1" } });
  });

  it("say what was put right about an address", async () => {
    const page = await settings();
    await page.type("settings-endpoint", "https://gateway.example.com/v1/chat/completions");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.get("address-changes").textContent).toContain("The path of a single operation is gone");
    await page.type("settings-endpoint", "https://gateway.example.com/v1");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.find("address-changes")).toBeNull();
  });

  it("refuse an address that is none, with the reason", async () => {
    const page = await settings();
    await page.type("settings-endpoint", "not an address");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.get("account").textContent).toContain("That is not a usable address");
    expect((page.get("settings-endpoint-save") as HTMLButtonElement).disabled).toBe(true);
  });

  it("test the connection and show how long it took", async () => {
    const page = await settings();
    await page.click("account-test");
    expect(page.get("account-test-result").textContent).toBe("Works · 142 ms · 23 models");
    page.ipc.failures.set("accountTest", commandError("keychainLocked"));
    await page.click("account-test");
    expect(page.get("error-title").textContent).toBe("The keyring is locked");
    await page.click("error-action");
    expect(page.ipc.calls).toContain("keychainRetry");
    expect(page.find("error-title")).toBeNull();
  });

  it("lead to what a failed test is about", async () => {
    const page = await settings();
    const failing = async (kind: ErrorKind): Promise<void> => {
      page.ipc.failures.set("accountTest", commandError(kind));
      await page.click("account-test");
      await page.click("error-action");
    };
    await failing("workspaceRefused");
    expect(document.activeElement).toBe(page.get("settings-endpoint"));
    await failing("arrears");
    expect(page.ipc.opened.at(-1)).toContain("billing");
    await failing("certificateExpired");
    expect(page.get("doctor-page")).toBeDefined();
  });

  it("ask for the passphrase when the key is under one, and go on", async () => {
    const page = await settings();
    page.ipc.failures.set("accountTest", commandError("passphraseNeeded"));
    await page.click("account-test");
    expect(page.get("error-title").textContent).toBe("Your key is locked");
    expect(page.find("passphrase")).toBeNull();
    await page.click("error-action");
    page.ipc.failures.set("passphraseEnter", commandError("passphraseWrong"));
    expect(document.activeElement).toBe(page.get("passphrase"));
    await page.type("passphrase", "wrong");
    await page.click("passphrase-submit");
    expect(page.get("passphrase-error").textContent).toContain("That is not the passphrase");
    expect(document.activeElement).toBe(page.get("passphrase"));
    await page.type("passphrase", "a long passphrase");
    await page.click("passphrase-submit");
    await settle();
    expect(page.find("passphrase-sheet")).toBeNull();
    expect(page.ipc.passphrases).toEqual(["a long passphrase"]);
    expect(page.get("account-test-result").textContent).toContain("Works");
  });

  it("delete the key only after asking, and lead back to the first run", async () => {
    const page = await settings();
    await page.click("account-delete");
    expect(page.ipc.calls).not.toContain("accountDelete");
    await page.click("account-delete-confirm");
    expect(page.ipc.app.accounts).toEqual([]);
    await page.click("settings-back");
    expect(page.find("first-run")).not.toBeNull();
  });

  it("name the data folder and copy it", async () => {
    const page = await settings();
    expect(page.get("data-folder").textContent).toBe(signedIn.dataFolder);
  });
});

describe("data that cannot be used as it is", () => {
  async function withStorage(storage: StorageState): Promise<Page> {
    return start({ app: { ...signedIn, storage, lastConversation: storage.state === "readOnly" ? "x" : null }, conversations: [conversation("x", "Old chat", exchange("en"))] });
  }

  it("is shown and not written when it can only be read", async () => {
    const page = await withStorage({ state: "readOnly", reason: "newerDatabase" });
    expect(page.get("read-only").textContent).toContain("newer DashDesk");
    expect(page.all("message-assistant").length).toBe(1);
    expect((page.get("composer") as HTMLTextAreaElement).disabled).toBe(true);
    expect(page.find("retry")).toBeNull();
  });

  it("names the process that has it open, and tries again", async () => {
    const page = await withStorage({ state: "alreadyOpen", process: 4_711 });
    expect(page.get("storage-recovery").textContent).toContain("Process 4711");
    expect(page.find("storage-start-fresh")).toBeNull();
    await page.click("storage-retry");
    expect(page.find("storage-recovery")).toBeNull();
    expect(page.find("composer")).not.toBeNull();
  });

  it("is set aside only by a click when it is damaged", async () => {
    const page = await withStorage({ state: "damaged" });
    expect(page.ipc.calls).not.toContain("storageStartFresh");
    await page.click("storage-start-fresh");
    expect(page.ipc.calls).toContain("storageStartFresh");
    expect(page.find("storage-recovery")).toBeNull();
  });

  it("names the folder when it cannot be opened", async () => {
    const page = await withStorage({ state: "unavailable" });
    expect(page.get("storage-recovery").textContent).toContain(signedIn.dataFolder);
  });
});
