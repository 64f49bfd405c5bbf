import { describe, expect, it } from "vitest";
import { commandError, type DoctorEvent, type RouteSettings } from "../src/ipc";
import { account, appState, connection, conversation, message } from "../src/ipc/fake-data";
import { doctorRun } from "../src/ipc/fake-doctor";
import type { FakeReply } from "../src/ipc/fake-reply";
import { settle, start, type Page } from "./page";

const signedIn = appState({ locale: "en", accounts: [account()], active: "account-1" });

async function network(routes: Partial<RouteSettings> = {}): Promise<Page> {
  const page = await start({ app: signedIn, routes });
  await page.click("settings");
  return page;
}

async function choose(page: Page, id: string, value: string): Promise<void> {
  page.get(id).querySelector<HTMLElement>(`[data-option=${value}] input`)?.click();
  await settle();
}

async function write(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [id, text] of Object.entries(fields)) await page.type(id, text);
}

describe("the network settings", () => {
  it("say which way the next request takes, and take another at once", async () => {
    const page = await network({ effective: { kind: "proxy", scheme: "http", address: "127.0.0.1:7890", source: "system" } });
    expect(page.get("route-effective").textContent).toBe("Proxy http://127.0.0.1:7890 (system setting)");
    await choose(page, "route-app", "direct");
    expect(page.ipc.routed).toEqual([{ account: null, choice: { mode: "direct", proxy: null }, password: null }]);
    expect(page.get("route-effective").textContent).toBe("Direct");
  });

  it("take a pasted proxy apart and keep its password to themselves", async () => {
    const page = await network();
    await choose(page, "route-app", "manual");
    expect(page.ipc.routed).toEqual([]);
    await write(page, { "proxy-host": "socks5h://me:secret@10.0.0.1:1080", "proxy-bypass": "a.example\n10.0.0.0/8" });
    await page.click("proxy-save");
    const proxy = { scheme: "socks5h", host: "10.0.0.1", port: 1080, user: "me", bypass: ["a.example", "10.0.0.0/8"] };
    expect(page.ipc.routed).toEqual([{ account: null, choice: { mode: "manual", proxy }, password: "secret" }]);
    expect(page.get("route-effective").textContent).toContain("10.0.0.1:1080");
    expect((page.get("proxy-password") as HTMLInputElement).value).toBe("");
    expect(document.body.textContent).not.toContain("secret");
    await page.click("proxy-save");
    expect(page.ipc.routed.at(-1)?.password).toBeNull();
  });

  it("say where a password is, and that memory forgets", async () => {
    const page = await network();
    await choose(page, "route-app", "manual");
    const password = (): HTMLInputElement => page.get("proxy-password") as HTMLInputElement;
    expect(password().placeholder).toBe("");
    await write(page, { "proxy-host": "socks5h://me:secret@10.0.0.1:1080" });
    await page.click("proxy-save");
    expect(password().placeholder).toBe("Saved in the keychain");
    expect(page.find("proxy-password-session")).toBeNull();

    page.ipc.passwordPlace = "session";
    await write(page, { "proxy-password": "another" });
    await page.click("proxy-save");
    expect(password().placeholder).toBe("Known until you quit");
    expect(page.get("proxy-password-session").textContent).toContain("asked for it again after you quit");

    page.ipc.passwordPlace = "file";
    await write(page, { "proxy-password": "another" });
    await page.click("proxy-save");
    expect(password().placeholder).toBe("Saved in the encrypted file");
  });

  it("refuse a proxy without a host or with a wrong port, in words", async () => {
    const page = await network();
    await choose(page, "route-app", "manual");
    await page.click("proxy-save");
    expect(page.get("proxy-form").textContent).toContain("This is no host name or address.");
    await write(page, { "proxy-host": "proxy.example", "proxy-port": "70000" });
    await page.click("proxy-save");
    expect(page.get("proxy-form").textContent).toContain("A port is a number from 1 to 65535.");
    expect(page.ipc.routed).toEqual([]);
  });

  it("give an account a way of its own and take it back", async () => {
    const page = await network();
    await choose(page, "route-account", "direct");
    expect(page.ipc.routed).toEqual([{ account: "account-1", choice: { mode: "direct", proxy: null }, password: null }]);
    await choose(page, "route-account", "app");
    expect(page.ipc.routed.at(-1)).toEqual({ account: "account-1", choice: null, password: null });
  });

  it("name a proxy script, and say that nothing would be sent", async () => {
    const page = await network({ effective: { kind: "blocked", why: "proxyScript" }, systemHasScript: true });
    expect(page.get("route-effective").textContent).toBe("Not sent · The system uses a proxy script");
    await choose(page, "route-app", "direct");
    expect(page.get("route-script").textContent).toContain("PAC");
  });

  it("trust a file of certificates, say why not, and stop trusting it", async () => {
    const page = await network();
    page.ipc.failures.set("extraCertificatesSet", commandError("extraCertificatesInvalid"));
    await page.type("certificates-path", "/tmp/company.pem");
    await page.click("certificates-add");
    expect(page.get("network-problem").textContent).toContain("No usable certificate in the file");
    await page.click("certificates-add");
    expect(page.get("certificates").textContent).toContain("2 certificates");
    await page.click("certificates-remove");
    expect(page.find("certificates")).toBeNull();
  });
});

describe("a dead proxy", () => {
  const dead = commandError("proxy", { host: "127.0.0.1:7890" });
  const broken = (kind: "useDirectOnce" | "openProxySettings" | "addCertificate"): DoctorEvent[] =>
    doctorRun({ id: "proxy", finding: { kind: "proxyUnreachable", address: "127.0.0.1:7890" }, fix: { kind } });

  it("leads to the network settings from the test of an account, and tests nothing again", async () => {
    const page = await network();
    page.ipc.failures.set("accountTest", dead);
    await page.click("account-test");
    await page.click("error-action");
    expect(page.ipc.calls.filter((call) => call === "accountTest")).toHaveLength(1);
  });

  it("leads there from the first run too", async () => {
    const page = await start({ app: appState({ locale: "en" }) });
    page.ipc.failures.set("keyVerify", dead);
    await page.type("key-input", "sk-0123456789abcdef0123");
    await page.click("key-verify");
    await settle();
    await page.click("error-action");
    expect(document.getElementById("settings-network")).not.toBeNull();
  });

  it("leaves what was typed of another one when that could not be kept", async () => {
    const page = await network();
    await choose(page, "route-app", "manual");
    page.ipc.failures.set("routeSet", commandError("keychainLocked"));
    await write(page, { "proxy-host": "http://me:secret@10.0.0.1:1080" });
    await page.click("proxy-save");
    expect(page.get("network-problem").textContent).toContain("The keyring is locked");
    expect((page.get("proxy-host") as HTMLInputElement).value).toBe("10.0.0.1");
    expect((page.get("proxy-password") as HTMLInputElement).value).toBe("secret");
    await page.click("proxy-save");
    expect(page.ipc.routed.at(-1)?.password).toBe("secret");
  });

  it.each(["openProxySettings", "addCertificate"] as const)("leads there from the doctor by %s", async (kind) => {
    const page = await start({ app: signedIn, doctor: () => broken(kind) });
    await page.click("status-light");
    await page.click("doctor-fix");
    expect(document.getElementById("settings-network")).not.toBeNull();
  });

  it("is gone past with one press, and gone back to with another", async () => {
    const page = await start({ app: signedIn, doctor: () => broken("useDirectOnce") });
    await page.click("status-light");
    await page.click("doctor-fix");
    expect(page.ipc.routed).toEqual([{ account: null, choice: { mode: "direct", proxy: null }, password: null }]);
    expect(page.ipc.examined).toHaveLength(2);
    await page.click("detour-end");
    expect(page.ipc.routed.at(-1)?.choice).toEqual({ mode: "system", proxy: null });
    expect(page.find("detour-end")).toBeNull();
    expect(page.ipc.examined).toHaveLength(3);
  });
});

describe("the way of a reply", () => {
  const proxied = connection({ route: { kind: "proxy", scheme: "http", address: "127.0.0.1:7890", source: "environment" }, dnsMs: null, attempts: 2 });
  const asked = message("m1", null, "user", "hello");

  async function withReply(more: Parameters<typeof message>[4]): Promise<Page> {
    const chat = conversation("conversation-0", "Chat", [asked, message("m2", "m1", "assistant", "An answer", more)]);
    return start({ app: { ...signedIn, lastConversation: "conversation-0" }, conversations: [chat] });
  }

  it("is told in its details", async () => {
    const page = await withReply({ connection: proxied });
    await page.click("reply-more");
    [...document.querySelectorAll<HTMLElement>("[role=menuitem]")].find((item) => item.textContent.includes("How it came"))?.click();
    await settle();
    const told = page.get("reply-details").textContent;
    for (const words of ["Official · dashscope.aliyuncs.com · cn-beijing", "Proxy http://127.0.0.1:7890 (from the environment)", "142 ms", "7c1d6a52"]) expect(told).toContain(words);
    expect(told).not.toContain("Name lookup");
  });

  it("is repeated by the status light after the next reply, and never better than it was", async () => {
    const page = await withReply({});
    const reply = await page.ask("again");
    reply.finish({ connection: proxied });
    await settle();
    expect(page.get("status-light").textContent).toContain("Proxy 127.0.0.1:7890 · 142 ms");
    const failed = await page.ask("once more");
    failed.finish({ status: "failed", finishReason: null, error: commandError("dns", { host: "h.example" }) });
    await settle();
    expect(page.get("status-light").textContent).toContain("Offline");
  });

  it("p_12 offline ends by itself once somebody answers again", async () => {
    const page = await withReply({});
    const failed = await page.ask("anybody?");
    failed.finish({ status: "failed", finishReason: null, error: commandError("connect", { host: "h.example" }) });
    page.ipc.failures.set("accountTest", commandError("connect"));
    await settle();
    expect(page.get("status-light").textContent).toContain("Offline");
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await settle();
    expect(page.ipc.calls.filter((call) => call === "accountTest")).toHaveLength(1);
    expect(page.get("status-light").textContent).toContain("Offline");
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await settle();
    expect(page.get("status-light").textContent).toContain("Direct");
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(page.ipc.calls.filter((call) => call === "accountTest")).toHaveLength(2);
  }, 15_000);

  it("p_12 what is written offline goes out once, when somebody answers again", async () => {
    const page = await withReply({});
    const failed = await page.ask("anybody?");
    page.ipc.failures.set("accountTest", commandError("connect"));
    failed.finish({ status: "failed", finishReason: null, error: commandError("connect", { host: "h.example" }) });
    await settle();
    const before = page.ipc.sent.length;
    await page.type("composer", "one more");
    await page.click("send");
    await page.type("composer", "and another");
    await page.click("send");
    expect(page.get("waiting-message").textContent).toContain("back online");
    expect(page.ipc.sent).toHaveLength(before);
    await new Promise((resolve) => setTimeout(resolve, 300));
    // A program that ends now finds it as a draft.
    expect([...page.ipc.drafts.values()].at(-1)).toBe("one more\n\nand another");
    await new Promise((resolve) => setTimeout(resolve, 4_300));
    await settle();
    expect(page.ipc.sent.slice(before).map(({ text }) => text)).toEqual(["one more\n\nand another"]);
    expect(page.find("waiting-message")).toBeNull();
    expect((page.get("composer") as HTMLTextAreaElement).value).toBe("");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([...page.ipc.drafts.values()].at(-1)).toBe("");
  }, 15_000);

  it("p_12 what waits goes out when somebody answers, if only with a refusal", async () => {
    const page = await withReply({});
    const failed = await page.ask("anybody?");
    failed.finish({ status: "failed", finishReason: null, error: commandError("connect", { host: "h.example" }) });
    await settle();
    await page.type("composer", "one more");
    await page.click("send");
    expect(page.find("waiting-message")).not.toBeNull();
    const before = page.ipc.sent.length;
    page.ipc.failures.set("accountTest", commandError("certificateExpired"));
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    await settle();
    expect(page.ipc.sent.slice(before).map(({ text }) => text)).toEqual(["one more"]);
  }, 15_000);

  it("p_12 the first message of a new chat waits too, beside one of another conversation", async () => {
    const page = await withReply({});
    const failed = await page.ask("anybody?");
    page.ipc.failures.set("accountTest", commandError("connect"));
    failed.finish({ status: "failed", finishReason: null, error: commandError("connect", { host: "h.example" }) });
    await settle();
    const before = page.ipc.sent.length;
    await page.type("composer", "one more");
    await page.click("send");
    await page.click("new-chat");
    await page.type("composer", "something new");
    await page.click("send");
    expect(page.get("waiting-message").textContent).toContain("something new");
    expect((page.get("composer") as HTMLTextAreaElement).value).toBe("");
    await page.click("take-back");
    expect((page.get("composer") as HTMLTextAreaElement).value).toBe("something new");
    await page.click("send");
    await page.type("composer", "half a thought");
    expect(page.ipc.sent).toHaveLength(before);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.ipc.drafts.get(null)).toBe("something new\n\nhalf a thought");

    await new Promise((resolve) => setTimeout(resolve, 4_300));
    await settle();
    expect(page.ipc.sent.slice(before).map(({ conversation, text }) => [conversation === null, text])).toEqual([
      [false, "one more"],
      [true, "something new"],
    ]);
    expect(page.find("waiting-message")).toBeNull();
    // What was typed meanwhile stays where it is seen, and belongs to the conversation that came of it.
    expect((page.get("composer") as HTMLTextAreaElement).value).toBe("half a thought");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.ipc.drafts.get(null)).toBe("");
    const begun = page.all("conversation-item")[0]?.dataset["id"];
    expect([...page.ipc.drafts].filter(([, text]) => text === "half a thought").map(([conversation]) => conversation)).toEqual([begun]);
  }, 15_000);

  it("p_12 what waits for the network outlives a second try that fails, and follows the one that works", async () => {
    const page = await withReply({});
    const failed = await page.ask("anybody?");
    const offline = { status: "failed", finishReason: null, error: commandError("connect", { host: "h.example" }) } as const;
    failed.finish(offline);
    await settle();
    await page.type("composer", "one more");
    await page.click("send");
    const before = page.ipc.sent.length;
    const again = async (): Promise<FakeReply> => {
      await page.click("error-action");
      await settle();
      const reply = [...page.ipc.replies.values()].at(-1);
      if (reply === undefined) throw new Error("nothing was asked again");
      return reply;
    };
    (await again()).finish(offline);
    await settle();
    expect(page.get("waiting-message").textContent).toContain("one more");
    const works = await again();
    works.delta("here I am");
    works.finish();
    await settle();
    expect(page.ipc.sent.slice(before)).toMatchObject([{ text: "one more", after: works.id }]);
    expect(page.find("waiting-message")).toBeNull();
  });

  it("p_12 what waits follows a second try that runs out of sight, and does not overtake it", async () => {
    const page = await withReply({});
    const failed = await page.ask("anybody?");
    page.ipc.failures.set("accountTest", commandError("connect"));
    failed.finish({ status: "failed", finishReason: null, error: commandError("connect", { host: "h.example" }) });
    await settle();
    await page.type("composer", "one more");
    await page.click("send");
    await page.click("error-action");
    await settle();
    const again = [...page.ipc.replies.values()].at(-1);
    const before = page.ipc.sent.length;
    await page.click("new-chat");
    // The first look fails as it is told to, the second one reaches somebody.
    await new Promise((resolve) => setTimeout(resolve, 4_600));
    await settle();
    expect(page.get("status-light").textContent).not.toContain("Offline");
    expect(page.ipc.sent).toHaveLength(before);
    again?.delta("here I am");
    again?.finish();
    await settle();
    expect(page.ipc.sent.slice(before)).toMatchObject([{ text: "one more", after: again?.id }]);
  }, 15_000);

  it("can be gone on from where it was cut, and only there", async () => {
    const whole = await withReply({});
    expect(whole.find("continue")).toBeNull();
    const page = await withReply({ status: "interrupted", finishReason: null });
    await page.click("continue");
    expect(page.ipc.retried).toEqual([{ reply: "m2", model: null, resume: true }]);
  });
});
