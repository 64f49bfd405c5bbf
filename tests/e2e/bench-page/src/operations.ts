// The app's own reply page, fed with what Rust would have sent.
import "../../../../ui/src/design/tokens.css";
import type { Operation } from "../../../../ui/src/ipc";
import { ReplyDocument } from "../../../../ui/src/reply/reply-document";
import { offer } from "./replay";

const reply = new ReplyDocument({
  copyCode: () => Promise.resolve(0),
  copyTable: () => Promise.resolve(),
  openLink: () => undefined,
  loadImage: () => Promise.reject(new Error("no network")),
});
// As in the app while a reply is written: finished groups are laid out only where they are seen.
reply.streaming = true;
offer<Operation[]>({
  element: reply.element,
  take: (steps) => {
    reply.apply(steps.flat());
  },
});
