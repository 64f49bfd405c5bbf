import { describe, expect, it } from "vitest";
import type { Account } from "../src/ipc";
import type { Script } from "../src/ipc/fake";
import { account, appState } from "../src/ipc/fake-data";
import { refuse, start } from "./page";

const english = appState({ locale: "en" });
const key = "sk-0123456789abcdef0123456789abcdef";

describe("the first run", () => {
  it("goes from a pasted key to the chat in two clicks", async () => {
    const page = await start({ app: english });
    expect(page.get("first-run").textContent).toContain("sent nowhere else");
    await page.click("key-paste");
    expect(page.ipc.verified).toEqual([{ candidate: "candidate-1", scope: { scope: "allRegions" }, account: null, sessionOnly: false }]);
    for (const words of ["Connected to dashscope.aliyuncs.com · 88 ms", "Region: China (Beijing)", "Key sk-••••1a2b stored in the system keyring", "23 models available"]) {
      expect(page.get("key-status").textContent).toContain(words);
    }
    await page.click("start-chat");
    expect(page.find("first-run")).toBeNull();
    expect(document.activeElement).toBe(page.get("composer"));
    expect(page.get("status-light").textContent).toContain("Connected · 88 ms");
  });

  it("erases a typed key from the page at once", async () => {
    const page = await start({ app: english, verify: () => new Promise<Account>(() => undefined) });
    await page.type("key-input", key);
    await page.click("key-verify");
    expect((page.get("key-input") as HTMLInputElement).value).toBe("");
    expect(new XMLSerializer().serializeToString(document)).not.toContain(key.slice(3));
    expect(page.get("key-status")).toBeDefined();
  });

  it("asks Beijing only when that was chosen", async () => {
    const page = await start({ app: english });
    page.get("verify-scope").querySelector<HTMLElement>("[data-option=beijingOnly] input")?.click();
    await page.click("key-paste");
    expect(page.ipc.verified[0]?.scope).toEqual({ scope: "beijingOnly" });
  });

  it("shows each region as it answers and names the failure once", async () => {
    const verify: Script["verify"] = (_, onEvent) => {
      onEvent({ event: "checking", region: "cn-beijing", host: "dashscope.aliyuncs.com" });
      onEvent({ event: "refused", region: "cn-beijing", host: "dashscope.aliyuncs.com" });
      onEvent({ event: "unreachable", region: "ap-southeast-1", host: "dashscope-intl.aliyuncs.com", kind: "dns" });
      return refuse("keyRefused");
    };
    const page = await start({ app: english, verify });
    await page.click("key-paste");
    expect(page.get("key-status").textContent).toContain("China (Beijing): not a key of this region");
    expect(page.get("key-status").textContent).toContain("Singapore: Server not found");
    expect(page.all("error-title").map((title) => title.textContent)).toEqual(["Alibaba Cloud did not accept this key"]);
    await page.click("error-action");
    expect(page.find("error-title")).toBeNull();
    expect(document.activeElement).toBe(page.get("key-input"));
  });

  it("explains a Coding Plan key instead of trying it everywhere", async () => {
    const page = await start({ app: english, clipboard: "sk-sp-0123456789abcdef" });
    await page.click("key-paste");
    expect(page.get("coding-plan").textContent).toContain("coding tools only");
    expect(page.ipc.verified).toEqual([]);
  });

  it("offers memory for this session when there is no keychain, with the same key", async () => {
    const verify: Script["verify"] = (request, onEvent) => {
      if (!request.sessionOnly) return refuse("keychainUnavailable");
      onEvent({ event: "stored", place: "session" });
      return Promise.resolve(account({ keyPlace: "session" }));
    };
    const page = await start({ app: english, verify });
    await page.click("key-paste");
    expect(page.get("vault-unavailable").textContent).toContain("never writes it to disk");
    await page.click("vault-again");
    expect(page.ipc.calls).toContain("keychainRetry");
    await page.click("vault-session");
    expect(page.ipc.verified.map(({ candidate, sessionOnly }) => [candidate, sessionOnly])).toEqual([["candidate-1", false], ["candidate-1", false], ["candidate-1", true]]);
    expect(page.get("key-status").textContent).toContain("not written to disk");
    expect(page.get("start-chat")).toBeDefined();
  });

  it("connects to a model on this computer without a key", async () => {
    const page = await start({ app: english });
    await page.click("address-toggle");
    await page.type("address-input", "http://127.0.0.1:11434/v1");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.get("address-preview").textContent).toContain("Not needed");
    expect(page.find("key-input")).toBeNull();
    await page.click("address-connect");
    expect(page.ipc.verified[0]).toMatchObject({ candidate: null, scope: { scope: "address", address: "http://127.0.0.1:11434/v1" } });
    expect(page.get("key-status").textContent).toContain("This address needs no key");
  });

  it("says where a custom address sends everything before it asks for a key", async () => {
    const page = await start({ app: english });
    await page.click("address-toggle");
    expect(page.get("first-run").textContent).toContain("You normally need not type an official address");
    await page.type("address-input", "https://gateway.example.com/v1");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const preview = page.get("address-preview");
    expect(preview.textContent).toContain("The key and your conversations go to gateway.example.com");
    expect(preview.dataset["needsKey"]).toBe("true");
    await page.type("key-input", key);
    await page.click("key-verify");
    expect(page.ipc.verified[0]?.scope).toEqual({ scope: "address", address: "https://gateway.example.com/v1" });
  });

  it("lets anybody in without a key, plainly marked", async () => {
    const page = await start({ app: english });
    await page.click("try-demo");
    expect(page.get("demo-badge").textContent).toContain("nothing leaves this computer");
    expect(page.get("status-light").textContent).toContain("Demo");
    await page.click("demo-leave");
    expect(page.find("first-run")).not.toBeNull();
  });

  it("opens the console through Rust", async () => {
    const page = await start({ app: english });
    page.get("how-to").querySelectorAll("button")[1]?.click();
    expect(page.ipc.opened).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    expect(page.ipc.opened).toEqual(["https://modelstudio.console.alibabacloud.com/"]);
  });
});
