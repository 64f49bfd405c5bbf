// A proxy as people paste it: a bare host, host and port, or a whole address with name and password.

import type { ManualProxy, ProxyScheme } from "../../ipc";

/** What an address says; only the parts it names. */
export interface PastedProxy {
  scheme: ProxyScheme | null;
  host: string;
  port: number | null;
  user: string | null;
  password: string | null;
}

const schemes: ReadonlySet<string> = new Set(["http", "https", "socks5", "socks5h"]);

/** Takes an address apart; `null` when it is a bare host, or makes no sense. */
export function takeApart(text: string): PastedProxy | null {
  const found = /^(?:([a-z0-9]+):\/\/)?(?:([^@:/]*)(?::(.*))?@)?(\[[0-9a-f:]+\]|[^:/?#@\s]+)(?::(\d{1,5}))?\/?$/iu.exec(text.trim());
  if (found === null) return null;
  const [, scheme, user, password, host, port] = found;
  if (host === undefined || (scheme === undefined && user === undefined && port === undefined)) return null;
  const named = scheme === undefined ? null : scheme.toLowerCase() === "socks" ? "socks5h" : scheme.toLowerCase();
  if (named !== null && !schemes.has(named)) return null;
  return {
    scheme: named as ProxyScheme | null,
    host: host.replace(/^\[|\]$/gu, ""),
    port: port === undefined ? null : Number(port),
    user: decoded(user),
    password: decoded(password),
  };
}

function decoded(text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Which field cannot be used as it is. */
export function wrongField(proxy: Pick<ManualProxy, "host" | "port">): "host" | "port" | null {
  if (!/^[^\s/?#@\\]+$/u.test(proxy.host)) return "host";
  if (!Number.isInteger(proxy.port) || proxy.port < 1 || proxy.port > 65_535) return "port";
  return null;
}

/** The hosts of a bypass list, one a line or with commas between. */
export function bypassHosts(text: string): string[] {
  return text.split(/[\s,;，；]+/u).filter((host) => host !== "");
}
