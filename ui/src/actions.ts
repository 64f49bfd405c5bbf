// Everything the keyboard can do, as one list: it feeds the key handler and the list of shortcuts.

import { system } from "./design/platform";
import type { PlainKey } from "./i18n/index.svelte";

export interface Shortcut {
  /** `KeyboardEvent.key`, in lower case for letters. */
  key: string;
  /** Ctrl, or ⌘ on a Mac. */
  modifier?: boolean;
  /** The Control key itself, on every system. */
  control?: boolean;
  shift?: boolean;
  alt?: boolean;
}

export interface Action {
  id: string;
  label: Extract<PlainKey, `action.${string}`>;
  shortcut: Shortcut;
  /** False while the action has nothing to act on; the key then keeps its usual meaning. */
  when?: () => boolean;
  /** Left out where the place that has the focus acts by itself; the row is then for the list only. */
  run?: () => void;
}

const onMac = system === "mac";

/** The modifier's name as printed on keys. */
export const modifierName = onMac ? "⌘" : "Ctrl";

function matches(event: KeyboardEvent, { key, modifier = false, control = false, shift, alt = false }: Shortcut): boolean {
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const wantsControl = control || (modifier && !onMac);
  const wantsMeta = modifier && onMac;
  // Signs such as "?" already contain their Shift key.
  const shiftFits = shift === undefined ? key.length === 1 && !/[a-z]/.test(key) ? true : !event.shiftKey : event.shiftKey === shift;
  return pressed === key && event.ctrlKey === wantsControl && event.metaKey === wantsMeta && event.altKey === alt && shiftFits;
}

/** The action a key press asks for. */
export function actionFor(actions: readonly Action[], event: KeyboardEvent): Action | null {
  return actions.find((action) => action.run !== undefined && matches(event, action.shortcut) && (action.when?.() ?? true)) ?? null;
}

const names: Readonly<Record<string, string>> = { Escape: "Esc", ArrowLeft: "←", ArrowRight: "→", ",": ",", Tab: "Tab" };

/** The shortcut as printed in the list. */
export function shortcutText({ key, modifier = false, control = false, shift = false, alt = false }: Shortcut): string {
  const parts = [
    control ? "Ctrl" : null,
    modifier ? modifierName : null,
    alt ? (onMac ? "⌥" : "Alt") : null,
    shift ? (onMac ? "⇧" : "Shift") : null,
    names[key] ?? key.toUpperCase(),
  ].filter((part) => part !== null);
  return parts.join(onMac && !control ? "" : "+");
}
