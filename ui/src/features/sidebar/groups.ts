// Sorts conversations under Today, Yesterday and Earlier.

import type { PlainKey } from "../../i18n/index.svelte";
import type { ConversationSummary } from "../../ipc";

export interface Group {
  title: Extract<PlainKey, "sidebar.today" | "sidebar.yesterday" | "sidebar.earlier">;
  rows: ConversationSummary[];
}

/** Groups by the local calendar day, so that midnight and summer time count as people count them. */
export function groupByDay(conversations: readonly ConversationSummary[], now: number): Group[] {
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const today = midnight.getTime();
  midnight.setDate(midnight.getDate() - 1);
  const yesterday = midnight.getTime();
  const groups: Group[] = [
    { title: "sidebar.today", rows: conversations.filter(({ updatedMs }) => updatedMs >= today) },
    { title: "sidebar.yesterday", rows: conversations.filter(({ updatedMs }) => updatedMs >= yesterday && updatedMs < today) },
    { title: "sidebar.earlier", rows: conversations.filter(({ updatedMs }) => updatedMs < yesterday) },
  ];
  return groups.filter(({ rows }) => rows.length > 0);
}
