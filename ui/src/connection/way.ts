// The way of a request in words: which route it took, and whose address it asked.

import { t } from "../i18n/index.svelte";
import type { Connection, Route } from "../ipc";

/** An answer that takes longer than this to begin is called slow, in milliseconds. */
const slow = 5_000;

/** What the status light says of a request that worked. */
export interface Way {
  tone: "works" | "proxy" | "custom" | "inspected" | "slow";
  text: string;
}

/** The route in a sentence, with who named a proxy. */
export function routeWords(route: Route): string {
  switch (route.kind) {
    case "loopback":
      return t("way.loopback");
    case "direct":
      return t("way.direct");
    case "proxy":
      return t("way.proxy", { address: `${route.scheme}://${route.address}`, source: t(`way.source.${route.source}`) });
    case "blocked":
      return t("way.blocked");
  }
}

/** The host with whose it is. */
export function addressWords(connection: Connection): string {
  const host = connection.region === null ? connection.host : `${connection.host} · ${connection.region}`;
  return `${t(`way.address.${connection.address}`)} · ${host}`;
}

/** A request that worked, in as few words as tell the ways apart; `short` leaves out how long it took. */
export function wayOf(connection: Connection, inspectedBy: string | null, short = false): Way {
  const { route, address, firstByteMs } = connection;
  const timed = (what: string): string => (firstByteMs === null || short ? what : t("light.timed", { what, milliseconds: firstByteMs }));
  if (firstByteMs !== null && firstByteMs > slow) return { tone: "slow", text: timed(t("light.slow")) };
  if (inspectedBy !== null && route.kind !== "loopback") return { tone: "inspected", text: timed(t("light.inspected")) };
  if (route.kind === "proxy") return { tone: "proxy", text: timed(t("light.proxy", { address: route.address })) };
  if (address === "local") return { tone: "works", text: timed(t("light.local")) };
  if (address === "custom") return { tone: "custom", text: timed(t("light.custom")) };
  return { tone: "works", text: timed(t("light.direct")) };
}
