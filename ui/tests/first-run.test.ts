import { describe, expect, it } from "vitest";
import type { Account, ErrorKind } from "../src/ipc";
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
    expect(page.ipc.verified).toEqual([{ candidate: "candidate-1", scope: { scope: "allRegions" }, account: null, keep: { place: "keychain" } }]);
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
    expect(page.get("coding-plan").textContent).toContain("is for coding.example.com");
    expect(page.ipc.verified).toEqual([]);
  });

  it("offers memory for this session when there is no keychain, with the same key", async () => {
    const verify: Script["verify"] = (request, onEvent) => {
      if (request.keep.place !== "session") return refuse("keychainUnavailable");
      onEvent({ event: "stored", place: "session" });
      return Promise.resolve(account({ keyPlace: "session" }));
    };
    const page = await start({ app: english, verify });
    await page.click("key-paste");
    expect(page.get("vault-unavailable").textContent).toContain("never writes it to disk");
    await page.click("vault-again");
    expect(page.ipc.calls).toContain("keychainRetry");
    await page.click("vault-session");
    expect(page.ipc.verified.map(({ candidate, keep }) => [candidate, keep.place])).toEqual([["candidate-1", "keychain"], ["candidate-1", "keychain"], ["candidate-1", "session"]]);
    expect(page.get("key-status").textContent).toContain("not written to disk");
    expect(page.get("start-chat")).toBeDefined();
  });

  it("offers the doctor when nobody can be reached, and comes back from it", async () => {
    const page = await start({ app: english, verify: () => refuse("connect") });
    await page.click("key-paste");
    expect(page.get("error-title").textContent).toBe("Cannot connect");
    await page.click("error-doctor");
    await page.click("doctor-back");
    expect(page.get("first-run")).toBeDefined();
  });

  it("finds the cause of a certificate by the doctor, and none for a key that was refused", async () => {
    let kind: ErrorKind = "certificateExpired";
    const page = await start({ app: english, verify: () => refuse(kind) });
    await page.click("key-paste");
    await page.click("error-action");
    expect(page.get("doctor-page")).toBeDefined();
    await page.click("doctor-back");
    kind = "keyRefused";
    await page.click("key-paste");
    expect(page.find("error-doctor")).toBeNull();
  });

  it("keeps the key under a passphrase that was typed twice", async () => {
    const verify: Script["verify"] = (request, onEvent) => {
      if (request.keep.place !== "file") return refuse("keychainUnavailable");
      onEvent({ event: "stored", place: "file" });
      return Promise.resolve(account({ keyPlace: "file" }));
    };
    const page = await start({ app: english, verify });
    await page.click("key-paste");
    await page.click("vault-passphrase");
    const submit = (): HTMLButtonElement => page.get("passphrase-submit") as HTMLButtonElement;
    await page.type("passphrase", "seven77");
    await page.type("passphrase-again", "seven77");
    expect(submit().disabled).toBe(true);
    await page.type("passphrase", "a long passphrase");
    expect(page.get("vault-unavailable").textContent).toContain("The two are not the same");
    expect(submit().disabled).toBe(true);
    await page.type("passphrase-again", "a long passphrase");
    expect(submit().disabled).toBe(false);
    await page.click("passphrase-submit");
    expect(page.ipc.verified.at(-1)?.keep).toEqual({ place: "file", passphrase: "a long passphrase" });
    expect(page.get("key-status").textContent).toContain("encrypted under your passphrase");
    expect(page.find("passphrase")).toBeNull();
  });

  it("asks for the passphrase that there is, and says when it is wrong", async () => {
    const verify: Script["verify"] = (request) => refuse(request.keep.place === "file" ? "passphraseWrong" : "keychainUnavailable");
    const page = await start({ app: { ...english, passphraseFile: "locked" }, verify });
    await page.click("key-paste");
    await page.click("vault-passphrase");
    expect(page.find("passphrase-again")).toBeNull();
    await page.type("passphrase", "wrong");
    await page.click("passphrase-submit");
    expect(page.get("vault-unavailable").textContent).toContain("That is not the passphrase");
    expect((page.get("passphrase") as HTMLInputElement).value).toBe("");
    await page.type("passphrase", "again");
    expect((page.get("passphrase-submit") as HTMLButtonElement).disabled).toBe(false);
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
