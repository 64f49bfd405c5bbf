// A remote image: a card that names the host. Nothing is fetched before a person asks for it.

import { announce } from "../design/announcer.svelte";
import { errorTitle } from "../errors/words";
import { t } from "../i18n/index.svelte";
import type { CommandError } from "../ipc";
import { asCommandError } from "../ipc/ipc";
import { button, control, element, worded } from "./controls";
import type { Part, Setting } from "./part";

export function dressImage(part: Part, { host }: Setting): void {
  const description = part.content;
  const from = control("bdi", "host");
  let waiting = false;
  const load = button("image-load", () => t(waiting ? "reply.loadingImage" : "reply.loadImage"), () => void show());
  const card = element("span", "image-card", element("span", "words", description, from), load);
  card.dataset["testid"] = "image-card";
  card.setAttribute("role", "group");
  const error = control("span", "error");
  error.dataset["testid"] = "image-error";
  part.outer = card;
  part.changed = () => {
    from.textContent = part.attributes.host ?? "";
    from.title = part.attributes.address ?? "";
    worded(card, () => card.setAttribute("aria-label", t("reply.imageFrom", { host: from.textContent })));
  };

  async function show(): Promise<void> {
    const { address } = part.attributes;
    if (address == null) return;
    wait(true);
    error.remove();
    try {
      await showImage(await host.loadImage(address));
    } catch (thrown) {
      say(asCommandError(thrown));
    }
    wait(false);
  }

  function wait(waits: boolean): void {
    waiting = waits;
    load.disabled = waits;
    load.textContent = t(waits ? "reply.loadingImage" : "reply.loadImage");
  }

  async function showImage(data: Blob): Promise<void> {
    const image = document.createElement("img");
    image.alt = description.textContent;
    const source = URL.createObjectURL(data);
    try {
      image.src = source;
      await image.decode();
      load.remove();
      card.prepend(image);
      card.classList.add("loaded");
    } finally {
      URL.revokeObjectURL(source);
    }
  }

  function say(failure: CommandError): void {
    worded(error, () => (error.textContent = errorTitle(failure)));
    load.before(error);
    announce(error.textContent);
  }
}
