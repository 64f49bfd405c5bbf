// Words for closed sets of ids that come from Rust.

import type { AppState } from "../ipc";
import { t, translate } from "./index.svelte";

/** A region's name; an id the catalogue does not know is shown as it is. */
export function regionName(region: string): string {
  const key = `region.${region}`;
  const text = translate(key, {});
  return text === key ? region : text;
}

export function keychainName(keychain: AppState["keychain"]): string {
  return t(`keychain.${keychain}`);
}
