import { cleanup, render } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setLocale } from "../i18n/index.svelte";
import { commandError } from "../ipc/ipc";
import type { LinkTarget } from "../ipc";
import LinkSheet from "./LinkSheet.svelte";

const target = (more: Partial<LinkTarget> = {}): LinkTarget => ({
  address: "https://example.com/path",
  host: "example.com",
  hostShown: "example.com",
  secure: true,
  mixedScript: false,
  ...more,
});

describe("the sheet for a link", () => {
  const linkInspect = vi.fn<(address: string) => Promise<LinkTarget>>();
  const linkOpen = vi.fn<(address: string) => Promise<null>>();
  const textCopy = vi.fn<(text: string) => Promise<null>>();
  const onclose = vi.fn();
  const onfail = vi.fn();

  const get = (id: string): HTMLElement | null => document.querySelector(`[data-testid="${id}"]`);
  async function settle(): Promise<void> {
    for (let round = 0; round < 6; round += 1) await tick();
  }
  async function show(found: LinkTarget): Promise<void> {
    cleanup();
    linkInspect.mockResolvedValue(found);
    render(LinkSheet, { address: found.address, ipc: { linkInspect, linkOpen, textCopy }, onclose, onfail });
    await settle();
  }
  async function press(id: string): Promise<void> {
    get(id)?.click();
    await settle();
  }

  beforeEach(() => {
    setLocale("en");
    linkOpen.mockReset().mockResolvedValue(null);
    textCopy.mockReset().mockResolvedValue(null);
    linkInspect.mockReset();
    onclose.mockReset();
    onfail.mockReset();
  });
  afterEach(cleanup);

  it("names the true host and the whole address, and opens nothing by itself", async () => {
    await show(target());
    expect(get("link-host")?.textContent).toBe("example.com");
    expect(get("link-address")?.textContent).toBe("https://example.com/path");
    expect(get("link-mixed")).toBeNull();
    expect(get("link-insecure")).toBeNull();
    expect(linkOpen).not.toHaveBeenCalled();
    await press("link-cancel");
    expect(onclose).toHaveBeenCalledOnce();
    expect(linkOpen).not.toHaveBeenCalled();
  });

  it("opens or copies what Rust wrote, not what the reply wrote", async () => {
    await show(target({ address: "https://example.com/%E4%BD%A0" }));
    await press("link-open");
    expect(linkOpen).toHaveBeenCalledExactlyOnceWith("https://example.com/%E4%BD%A0");
    await show(target());
    await press("link-copy");
    expect(textCopy).toHaveBeenCalledExactlyOnceWith("https://example.com/path");
    expect(onclose).toHaveBeenCalledTimes(2);
  });

  it("warns of imitations and of open lines, and always asks for those", async () => {
    await show(target({ host: "xn--liyun-3ve.com", hostShown: "xn--liyun-3ve.com", mixedScript: true, secure: false }));
    expect(get("link-mixed")).not.toBeNull();
    expect(get("link-insecure")).not.toBeNull();
    expect(get("link-quiet")).toBeNull();
  });

  it("stops asking for a host for as long as the page lives", async () => {
    await show(target({ host: "quiet.example" }));
    await press("link-quiet");
    await press("link-open");
    linkOpen.mockClear();
    await show(target({ host: "quiet.example", address: "https://quiet.example/other" }));
    expect(linkOpen).toHaveBeenCalledExactlyOnceWith("https://quiet.example/other");
    expect(get("link-sheet")).toBeNull();
    await show(target({ host: "quiet.example", secure: false }));
    expect(get("link-sheet")).not.toBeNull();
    await show(target({ host: "other.example" }));
    expect(get("link-sheet")).not.toBeNull();
  });

  it("says what a mail address does", async () => {
    await show(target({ address: "mailto:a@example.com", secure: false }));
    expect(get("link-insecure")).toBeNull();
    expect(get("link-open")?.textContent).toBe("Write a mail");
  });

  it("passes on why an address was refused", async () => {
    linkInspect.mockRejectedValue(commandError("linkRefused"));
    render(LinkSheet, { address: "https://example.com/", ipc: { linkInspect, linkOpen, textCopy }, onclose, onfail });
    await settle();
    expect(onfail).toHaveBeenCalledOnce();
    expect(onclose).toHaveBeenCalledOnce();
  });
});
