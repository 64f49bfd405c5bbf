// The theme of the page. The hint in web storage only serves the next first paint.

import type { Settings } from "../ipc";

export function applyTheme(theme: Settings["theme"]): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Web storage is off: the next start shows the system theme for a moment.
  }
}
