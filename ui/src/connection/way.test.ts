import { beforeEach, describe, expect, it } from "vitest";
import { setLocale } from "../i18n/index.svelte";
import type { CommandError, ReplyOutcome } from "../ipc";
import { connection } from "../ipc/fake-data";
import { commandError } from "../ipc/ipc";
import { Link } from "../session/link.svelte";
import { addressWords, routeWords, wayOf } from "./way";

const proxy = { kind: "proxy", scheme: "http", address: "127.0.0.1:7890", source: "system" } as const;

function outcome(more: Partial<ReplyOutcome>): ReplyOutcome {
  return { status: "complete", finishReason: "stop", usage: null, requestId: null, connection: connection(), error: null, finishedMs: 1, firstTokenMs: 2, thinkingMs: null, ...more };
}

describe("the way of a request", () => {
  beforeEach(() => setLocale("en"));

  it("tells the vendor's address, a proxy and a custom address apart", () => {
    expect(wayOf(connection(), null)).toEqual({ tone: "works", text: "Direct · 142 ms" });
    expect(wayOf(connection({ route: proxy }), null)).toEqual({ tone: "proxy", text: "Proxy 127.0.0.1:7890 · 142 ms" });
    expect(wayOf(connection({ address: "custom", region: null }), null)).toEqual({ tone: "custom", text: "Custom address · 142 ms" });
    expect(wayOf(connection({ address: "local", route: { kind: "loopback" } }), null).text).toBe("Local · 142 ms");
  });

  it("says when it is slow and when somebody looks in", () => {
    expect(wayOf(connection({ firstByteMs: 5_001 }), null)).toEqual({ tone: "slow", text: "Slow · 5,001 ms" });
    expect(wayOf(connection({ firstByteMs: 5_000 }), null).tone).toBe("works");
    expect(wayOf(connection(), "Corporate CA").tone).toBe("inspected");
    expect(wayOf(connection({ address: "local", route: { kind: "loopback" } }), "Corporate CA").tone).toBe("works");
  });

  it("is said in Chinese too, with who named the proxy", () => {
    setLocale("zhCn");
    expect(wayOf(connection({ route: proxy }), null).text).toBe("代理 127.0.0.1:7890 · 142 毫秒");
    expect(routeWords(proxy)).toBe("代理 http://127.0.0.1:7890（系统设置）");
    expect(addressWords(connection())).toBe("官方地址 · dashscope.aliyuncs.com · cn-beijing");
  });
});

describe("the link", () => {
  const failed = (error: CommandError): ReplyOutcome => outcome({ status: "failed", error });

  it("repeats what the last reply said, and nothing better", () => {
    const link = new Link();
    link.replied(outcome({}));
    expect([link.state, link.connection?.host]).toEqual(["works", "dashscope.aliyuncs.com"]);
    link.replied(failed(commandError("dns")));
    expect(link.state).toBe("offline");
    link.replied(failed(commandError("proxy")));
    expect(link.state).toBe("broken");
    link.replied(failed(commandError("rateLimited")));
    expect(link.state).toBe("works");
    link.replied(outcome({ connection: null }));
    expect(link.connection).toBeNull();
  });
});
