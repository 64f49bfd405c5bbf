// J and K, and the arrows on a message, go from message to message; Alt with an arrow changes the branch.

export type MessageWish = { focus: HTMLElement } | { id: string; steps: number } | null;

/** What a key press in the thread asks for. */
export function messageKey(event: KeyboardEvent & { currentTarget: HTMLElement }): MessageWish {
  const article = event.target instanceof HTMLElement && event.target.matches("article") ? event.target : null;
  const branch = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.altKey && branch !== undefined && article !== null) return { id: article.dataset["id"] ?? "", steps: branch };
  const step = article === null ? { j: 1, k: -1 }[event.key] : { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (article === null && event.target !== event.currentTarget) return null;
  const articles = [...event.currentTarget.querySelectorAll<HTMLElement>("article")];
  const next = article === null ? articles.at(-1) : articles[articles.indexOf(article) + step];
  return next === undefined ? null : { focus: next };
}
