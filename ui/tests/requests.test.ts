import { describe, expect, it } from "vitest";
import type { LoggedRequest } from "../src/ipc";
import { account, appState } from "../src/ipc/fake-data";
import { requestsReport } from "../src/features/doctor/requests-report";
import { settle, start, type Page } from "./page";

const one: LoggedRequest = {
  number: 7,
  beganMs: Date.UTC(2026, 10, 23, 4, 5, 6),
  earlierTries: 0,
  method: "POST",
  host: "dashscope.aliyuncs.com",
  path: "/compatible-mode/v1/chat/completions",
  route: { kind: "proxy", scheme: "http", address: "127.0.0.1:7890", source: "manual" },
  status: 200,
  problem: null,
  requestId: "r-77",
  sentBytes: 312,
  receivedBytes: 20_480,
  dnsMs: null,
  connectMs: 31,
  tlsMs: 44,
  firstByteMs: 142,
  wholeMs: 2_300,
  sent: "a private question",
  received: null,
};
const lost: LoggedRequest = { ...one, number: 8, earlierTries: 1, status: null, problem: "connectionLost", requestId: null, sent: null };

async function opened(requests = [lost, one]): Promise<Page> {
  const page = await start({ app: appState({ locale: "en", accounts: [account()], active: "account-1" }) });
  page.ipc.requests = { keepsBodies: false, requests };
  await page.click("status-light");
  await settle();
  const list = page.get("requests") as HTMLDetailsElement;
  list.open = true;
  list.dispatchEvent(new Event("toggle"));
  await settle();
  return page;
}

describe("the last requests", () => {
  it("are read when they are opened, the newest first, each with its way, times and name", async () => {
    const page = await opened();
    const rows = page.all("request").map((row) => row.textContent.replace(/\s+/gu, " "));
    expect(rows[0]).toContain("The connection was lost");
    expect(rows[0]).toContain("try 2");
    expect(rows[1]).not.toContain("try");
    for (const words of ["POST /compatible-mode/v1/chat/completions", "200", "Proxy http://127.0.0.1:7890", "First byte 142 ms", "312 bytes sent · 20,480 received", "r-77"]) expect(rows[1]).toContain(words);
  });

  it("are told apart where nothing came: running, and stopped", async () => {
    const silent: LoggedRequest = { ...one, number: 9, status: null };
    const page = await opened([{ ...silent, number: 10, wholeMs: null }, silent]);
    const rows = page.all("request").map((row) => row.textContent);
    expect(rows[0]).toContain("running");
    expect(rows[1]).toContain("stopped");
    expect(requestsReport([silent])).toContain(" stopped ");
    expect(requestsReport([lost])).toContain("/completions try 2 connectionLost ");
  });

  it("keep what is said only when told to", async () => {
    const page = await opened();
    expect((page.get("requests-keep") as HTMLInputElement).checked).toBe(false);
    await page.click("requests-keep");
    expect(page.ipc.requests.keepsBodies).toBe(true);
    await page.click("requests-keep");
    expect(page.ipc.requests.keepsBodies).toBe(false);
  });

  it("are copied without what was said", async () => {
    const page = await opened();
    await page.click("requests-copy");
    expect(page.ipc.copied).toEqual([requestsReport([lost, one])]);
    expect(requestsReport([one])).toBe("2026-11-23T04:05:06.000Z POST dashscope.aliyuncs.com/compatible-mode/v1/chat/completions 200 http proxy -/31/44/142/2300 ms 312>20480 bytes r-77");
    expect(requestsReport([lost, one])).not.toContain("private");
  });
});
