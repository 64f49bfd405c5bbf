// Which system the window stands on: for the names of keys and for the system's own typeface.

export const system: "mac" | "windows" | "linux" = /mac/i.test(navigator.userAgent)
  ? "mac"
  : /windows/i.test(navigator.userAgent)
    ? "windows"
    : "linux";

/** Lets the tokens choose the typeface. Called before anything is drawn. */
export function markSystem(): void {
  document.documentElement.dataset["os"] = system;
}
