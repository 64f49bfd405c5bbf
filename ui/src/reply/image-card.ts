// A remote image: a card that names the host. Nothing is fetched before a person asks for it.

import { asCommandError } from "../ipc";
import { errorTitle } from "../errors/words";
import { t } from "../i18n/index.svelte";
import { button, element } from "./chrome";
import type { ReplyHost } from "./host";
import type { Part } from "./spine";

export function dressImage(part: Part, host: ReplyHost): void {
  const description = part.content as HTMLElement;
  const from = element("bdi", "host");
  const status = element("span", "status");
  status.setAttribute("role", "status");
  const load = button("reply.loadImage", () => void show());
  const card = element("span", "image-card", element("span", "from", from, description), status, load);
  part.outer = card;
  part.changed = () => {
    from.textContent = part.attributes.host ?? "";
    from.title = part.attributes.address ?? "";
  };

  async function show(): Promise<void> {
    const { address } = part.attributes;
    if (address == null) return;
    load.disabled = true;
    status.textContent = t("reply.loadingImage");
    try {
      const source = URL.createObjectURL(await host.loadImage(address));
      const image = document.createElement("img");
      image.alt = description.textContent;
      image.addEventListener("load", () => URL.revokeObjectURL(source));
      image.src = source;
      status.textContent = "";
      load.remove();
      card.classList.add("loaded");
      card.prepend(image);
    } catch (thrown) {
      status.textContent = errorTitle(asCommandError(thrown));
      load.disabled = false;
    }
  }
}
