import { describe, expect, it, vi } from "vitest";
import { actionFor, shortcutText, type Action } from "./actions";

function action(shortcut: Action["shortcut"], more: Partial<Action> = {}): Action {
  return { id: "x", label: "action.newChat", shortcut, run: vi.fn<() => void>(), ...more };
}

const press = (key: string, more: KeyboardEventInit = {}): KeyboardEvent => new KeyboardEvent("keydown", { key, ...more });

describe("keys and actions", () => {
  it("match the exact modifiers", () => {
    const actions = [action({ key: "n", modifier: true })];
    expect(actionFor(actions, press("n", { ctrlKey: true }))).toBe(actions[0]);
    expect(actionFor(actions, press("N", { ctrlKey: true }))).toBe(actions[0]);
    expect(actionFor(actions, press("n"))).toBeNull();
    expect(actionFor(actions, press("n", { ctrlKey: true, shiftKey: true }))).toBeNull();
    expect(actionFor(actions, press("n", { ctrlKey: true, altKey: true }))).toBeNull();
  });

  it("take signs however their Shift key lies on the keyboard", () => {
    const actions = [action({ key: "/", modifier: true })];
    expect(actionFor(actions, press("/", { ctrlKey: true, shiftKey: true }))).toBe(actions[0]);
  });

  it("leave the key alone while there is nothing to act on", () => {
    expect(actionFor([action({ key: "Escape" }, { when: () => false })], press("Escape"))).toBeNull();
    expect(actionFor([{ id: "x", label: "action.branch", shortcut: { key: "ArrowRight", alt: true } }], press("ArrowRight", { altKey: true }))).toBeNull();
  });

  it("are printed as on the keys", () => {
    expect(shortcutText({ key: "r", modifier: true, shift: true })).toBe("Ctrl+Shift+R");
    expect(shortcutText({ key: "Escape" })).toBe("Esc");
    expect(shortcutText({ key: "ArrowRight", alt: true })).toBe("Alt+→");
  });
});
