// Groups the path of messages into turns: a question and what answered it.

import type { Message } from "../../ipc";

export interface Turn {
  id: string;
  messages: Message[];
}

export function groupTurns(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (last === undefined || message.role === "user") turns.push({ id: message.id, messages: [message] });
    else last.messages.push(message);
  }
  return turns;
}
