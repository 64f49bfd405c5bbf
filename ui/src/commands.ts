// The actions of the window, bound to what they act on.

import type { Action } from "./actions";
import { focusNextRegion } from "./regions";
import type { Session } from "./session/session.svelte";

/** What the keys can reach. */
export interface Reach {
  session: () => Session;
  toggleSidebar: () => void;
  openSettings: () => void;
  openDoctor: () => void;
  openPicker: () => void;
  focusComposer: () => void;
  openFind: () => void;
  showShortcuts: () => void;
}

export function commandList(reach: Reach): Action[] {
  const chatShown = (): boolean => reach.session().view === "chat" && reach.session().usable;
  const inConversation = (): boolean => chatShown() && reach.session().chat.id !== null;
  const findStep = (steps: number): void => {
    const { find } = reach.session();
    if (find.open) void find.step(steps);
    else reach.openFind();
  };
  const lastReply = (): string | null => {
    const { chat } = reach.session();
    const message = chat.atEnd ? chat.messages.at(-1) : undefined;
    return message?.role === "assistant" ? message.id : null;
  };
  const settled = (): boolean => chatShown() && reach.session().chat.running === null && lastReply() !== null;
  const step = (steps: number): void => {
    const { chat, library } = reach.session();
    const ids = library.conversations.map(({ id }) => id);
    const at = chat.id === null ? (steps > 0 ? -1 : 0) : ids.indexOf(chat.id);
    const next = ids[(at + steps + ids.length) % ids.length];
    if (next !== undefined) void chat.open(next);
  };
  return [
    { id: "newChat", label: "action.newChat", shortcut: { key: "n", modifier: true }, when: chatShown, run: () => reach.session().chat.startNew() },
    { id: "settings", label: "action.settings", shortcut: { key: ",", modifier: true }, when: () => reach.session().usable, run: reach.openSettings },
    { id: "doctor", label: "action.doctor", shortcut: { key: "d", modifier: true, shift: true }, when: () => reach.session().usable, run: reach.openDoctor },
    { id: "modelPicker", label: "action.modelPicker", shortcut: { key: "/", modifier: true }, when: chatShown, run: reach.openPicker },
    { id: "find", label: "action.find", shortcut: { key: "f", modifier: true }, when: inConversation, run: reach.openFind },
    { id: "findNext", label: "action.findNext", shortcut: { key: "F3" }, when: inConversation, run: () => findStep(1) },
    { id: "findPrevious", label: "action.findPrevious", shortcut: { key: "F3", shift: true }, when: inConversation, run: () => findStep(-1) },
    { id: "focusComposer", label: "action.focusComposer", shortcut: { key: "l", modifier: true }, when: chatShown, run: reach.focusComposer },
    {
      id: "stop",
      label: "action.stop",
      shortcut: { key: "Escape" },
      when: () => chatShown() && reach.session().chat.running !== null,
      run: () => {
        // What waits for the end of the reply comes back first.
        if (!reach.session().chat.takeBack()) void reach.session().chat.stop();
      },
    },
    {
      id: "retryLast",
      label: "action.retryLast",
      shortcut: { key: "r", modifier: true, shift: true },
      when: () => settled() && reach.session().writable,
      run: () => {
        const id = lastReply();
        if (id !== null) void reach.session().chat.retry(id, null);
      },
    },
    {
      id: "copyLast",
      label: "action.copyLast",
      shortcut: { key: "c", modifier: true, shift: true },
      when: settled,
      run: () => {
        const session = reach.session();
        const id = lastReply();
        if (id !== null) void session.attempt(() => session.ipc.messageCopy(id));
      },
    },
    { id: "nextChat", label: "action.nextChat", shortcut: { key: "Tab", control: true }, when: chatShown, run: () => step(1) },
    { id: "previousChat", label: "action.previousChat", shortcut: { key: "Tab", control: true, shift: true }, when: chatShown, run: () => step(-1) },
    { id: "branch", label: "action.branch", shortcut: { key: "ArrowRight", alt: true } },
    { id: "sidebar", label: "action.sidebar", shortcut: { key: "b", modifier: true }, when: chatShown, run: reach.toggleSidebar },
    { id: "regions", label: "action.regions", shortcut: { key: "F6" }, run: () => focusNextRegion(false) },
    { id: "regionsBack", label: "action.regionsBack", shortcut: { key: "F6", shift: true }, run: () => focusNextRegion(true) },
    { id: "shortcuts", label: "action.shortcuts", shortcut: { key: "F1" }, run: reach.showShortcuts },
  ];
}
