// Links: every way of following one leads to the sheet that names the true host. The page itself never navigates.

import type { ReplyHost } from "./host";
import type { Part } from "./spine";

const addresses = new WeakMap<Element, string>();

export function dressLink(part: Part): void {
  const link = part.content as HTMLElement;
  part.changed = () => {
    const { address } = part.attributes;
    // A link whose address has not come yet looks like one and does nothing.
    if (address == null) return;
    addresses.set(link, address);
    link.setAttribute("role", "link");
    link.tabIndex = 0;
    link.title = hostOf(address);
  };
}

/** Answers every gesture on a link below `root`. The elements have no `href`, so nothing else can. */
export function listenToLinks(root: HTMLElement, host: Pick<ReplyHost, "openLink">): void {
  const open = (event: Event): void => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const address = link === null ? undefined : addresses.get(link);
    if (address === undefined) return;
    if (event instanceof KeyboardEvent && event.key !== "Enter") return;
    if (event.type === "click" && document.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    host.openLink(address);
  };
  for (const name of ["click", "auxclick", "contextmenu", "keydown"]) root.addEventListener(name, open);
  root.addEventListener("dragstart", (event) => {
    if (event.target instanceof Element && event.target.closest("a") !== null) event.preventDefault();
  });
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host || address : address;
}
