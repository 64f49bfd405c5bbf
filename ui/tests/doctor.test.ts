import { describe, expect, it } from "vitest";
import { account, appState } from "../src/ipc/fake-data";
import { doctorRun, passingRun } from "../src/ipc/fake-doctor";
import { doctorEn } from "../src/i18n/doctor.en";
import { settle, start, type Page } from "./page";

const signedIn = appState({ locale: "en", accounts: [account()], active: "account-1" });

async function examined(doctor = doctorRun()): Promise<Page> {
  const page = await start({ app: signedIn, doctor: () => doctor });
  await page.click("status-light");
  await settle();
  return page;
}

function stateOf(page: Page, id: string): string | undefined {
  return page.all("doctor-step").find((row) => row.dataset["step"] === id)?.dataset["state"];
}

describe("the doctor", () => {
  it("opens from the status light, runs by itself and says that everything works", async () => {
    const page = await examined();
    expect(page.get("doctor-summary").textContent).toBe("Everything works");
    expect(page.all("doctor-step")).toHaveLength(14);
    expect(stateOf(page, "tls")).toBe("passed");
    expect(page.ipc.examined).toEqual([{ account: "account-1", model: "qwen3.8-max", thinking: true, otherRegions: false, ask: false }]);
    await page.click("doctor-back");
    expect(page.find("composer")).not.toBeNull();
  });

  it("does not call a connection that is read along with all well", async () => {
    const page = await examined(passingRun({ id: "tls", finding: { kind: "inspected", issuer: "Office Gateway CA" } }));
    expect(page.get("doctor-summary").textContent).toBe("Works, with a remark: TLS");
    expect(stateOf(page, "tls")).toBe("warned");
  });

  it("names the hop that broke, and offers its fix alone", async () => {
    const page = await examined(doctorRun({ id: "proxy", finding: { kind: "proxyUnreachable", address: "127.0.0.1:7890" }, fix: { kind: "changeAddress" } }));
    expect(page.get("doctor-summary").textContent).toBe("Broken at: Proxy");
    expect(page.get("doctor-page").textContent).toContain("Nothing answers at 127.0.0.1:7890.");
    expect(stateOf(page, "tls")).toBe("skipped");
    expect(stateOf(page, "keychain")).toBe("passed");
    await page.click("doctor-fix");
    expect(page.find("settings-page")).not.toBeNull();
  });

  it("switches to the region of the key with one press and looks again", async () => {
    const page = await examined(doctorRun({ id: "keyRegion", finding: { kind: "keyOfRegion", region: "ap-southeast-1" }, fix: { kind: "switchRegion", region: "ap-southeast-1" } }));
    expect(page.get("doctor-fix").textContent).toContain("Switch to Singapore");
    await page.click("doctor-fix");
    await settle();
    expect(page.ipc.app.accounts[0]?.region).toBe("ap-southeast-1");
    expect(page.ipc.examined).toHaveLength(2);
  });

  it("asks other regions and the model only when told to", async () => {
    const page = await examined(doctorRun({ id: "keyRegion", finding: { kind: "keyRefused", everywhere: false }, fix: { kind: "findRegion" } }));
    await page.click("doctor-fix");
    await settle();
    expect(page.ipc.examined.map(({ otherRegions, ask }) => ({ otherRegions, ask }))).toEqual([
      { otherRegions: false, ask: false },
      { otherRegions: true, ask: false },
    ]);
  });

  it("leaves thinking to the model and asks once more", async () => {
    const page = await examined(doctorRun({ id: "thinking", finding: { kind: "thinkingNotTaken" }, fix: { kind: "thinkingDefault" } }));
    await page.click("doctor-fix");
    await settle();
    expect(page.ipc.examined.at(-1)).toMatchObject({ thinking: null, ask: true });
    await page.click("doctor-back");
    await page.type("composer", "hello");
    await page.click("send");
    expect(page.ipc.sent.at(-1)?.thinking).toBeNull();
  });

  it("explains why a web page would fail", async () => {
    const page = await examined();
    expect(page.get("doctor-browser").textContent).toContain("404 without allowing the page");
    expect(page.get("doctor-browser").textContent).toContain("Failed to fetch");
  });

  it("shows the whole report before it is copied", async () => {
    const page = await examined();
    await page.click("doctor-report-open");
    expect(page.get("doctor-report").textContent).toContain("TLS 1.3");
    await page.click("doctor-report-copy");
    expect(page.ipc.copied).toEqual([page.get("doctor-report").textContent]);
  });

  it("has words for every finding and every fix that it can be told of", async () => {
    const bindings = (await import("../src/ipc/bindings.ts?raw")).default;
    const kindsOf = (type: string): string[] => {
      const text = new RegExp(`export type ${type} = ([\\s\\S]*?);\\n\\n`).exec(bindings)?.[1] ?? "";
      return [...text.matchAll(/\{ kind: "(\w+)"/g)].map(([, kind]) => kind ?? "");
    };
    const known = Object.keys(doctorEn);
    const findings = kindsOf("Finding");
    expect(findings.length).toBeGreaterThan(80);
    expect(findings.filter((kind) => !known.some((key) => key === `finding.${kind}` || key.startsWith(`finding.${kind}.`)))).toEqual([]);
    const fixes = kindsOf("Fix");
    expect(fixes.length).toBeGreaterThan(15);
    expect(fixes.filter((kind) => !known.includes(`fix.${kind}`))).toEqual([]);
  });
});
