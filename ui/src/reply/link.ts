// Links: every way of following one leads to the sheet that names the true host. The page itself never navigates.

import { ime } from "../design/ime-guard";
import type { ReplyHost } from "./host";
import type { Part } from "./part";

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

/** Answers every gesture on a link below `root`. The elements have no `href`, so that nothing else can. */
export function listenToLinks(root: HTMLElement, host: Pick<ReplyHost, "openLink">): void {
  const follow = (event: Event): void => {
    const address = addressAt(event);
    if (address === null) return;
    event.preventDefault();
    event.stopPropagation();
    host.openLink(address);
  };
  root.addEventListener("click", (event) => {
    // Whoever has just selected words of a link wants the words.
    if (event.shiftKey || document.getSelection()?.isCollapsed !== false) follow(event);
  });
  root.addEventListener("auxclick", (event) => {
    if (event.button === 1) follow(event);
  });
  root.addEventListener("contextmenu", follow);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !ime.owns(event)) follow(event);
  });
  // The middle button would begin to scroll, or paste.
  root.addEventListener("mousedown", (event) => {
    if (event.button === 1 && addressAt(event) !== null) event.preventDefault();
  });
}

function addressAt({ target }: Event): string | null {
  if (!(target instanceof Element) || target.closest("[data-chrome]") !== null) return null;
  const link = target.closest(".link");
  return link === null ? null : (addresses.get(link) ?? null);
}

/** The host as it is looked up; of a mail address, the address. */
function hostOf(address: string): string {
  if (!URL.canParse(address)) return address;
  return new URL(address).host || address.replace(/^mailto:/, "");
}
