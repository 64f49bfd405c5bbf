// A code block: its language, copying, wrapping, and folding where it is long.

import { announce } from "../design/announcer.svelte";
import { ime } from "../design/ime-guard";
import { t } from "../i18n/index.svelte";
import { answer, button, control, element, worded } from "./controls";
import type { Part, Setting } from "./part";
import { markFitting, measureAgain } from "./sizes";

/** A block of history with more lines than this is folded. */
const foldsAbove = 40;
/** What a folded block shows. */
const shownLines = 24;

export function dressCode(part: Part, { host, live }: Setting): void {
  const code = part.content;
  const language = control("span", "language");
  const wrap = button("code-wrap", () => t("reply.wrap"), () => {
    wrap.setAttribute("aria-pressed", String(figure.classList.toggle("wrapped")));
    measureAgain(scroller);
  });
  wrap.setAttribute("aria-pressed", "false");
  const copy = button("code-copy", () => t("reply.copy"), () => {
    const count = hiddenIn(code);
    if (count === 0) void copyNow(false);
    else if (!figure.contains(question)) ask(count);
    else closeQuestion();
  });
  const header = control("header", "bar", language, wrap, copy);
  const scroller = element("pre", "scroller", code);
  scroller.setAttribute("role", "group");
  markFitting(scroller, code);
  const figure = element("figure", "code-block", header, scroller);
  const question = control("div", "question");
  let fold: HTMLButtonElement | null = null;

  part.outer = figure;
  part.changed = () => {
    figure.classList.toggle("open", part.attributes.open === true);
    measureAgain(scroller);
    if (part.attributes.open === true || code.childElementCount <= foldsAbove) fold?.remove();
    else if (fold === null) fold = offerFold(figure, code, !live);
    worded(figure, () => {
      language.textContent = part.attributes.language ?? t("reply.text");
      scroller.setAttribute("aria-label", t("reply.codeIn", { language: language.textContent }));
    });
  };

  async function copyNow(keepHidden: boolean): Promise<void> {
    try {
      await host.copyCode(part.attributes.ordinal ?? 0, keepHidden);
      answer(copy, "reply.copied");
    } catch {
      answer(copy, "reply.notCopied");
    }
  }

  /** What is not seen on the page is not to be carried away unseen. */
  function ask(count: number): void {
    const words = element("span", "words");
    const choose = (keepHidden: boolean) => () => {
      closeQuestion();
      void copyNow(keepHidden);
    };
    const clean = button("copy-clean", () => t("reply.copyClean"), choose(false));
    const asIs = button("copy-as-is", () => t("reply.copyAsIs"), choose(true));
    question.replaceChildren(words, clean, asIs);
    question.setAttribute("role", "group");
    worded(question, () => {
      words.textContent = t("reply.hiddenFound", { count });
      question.setAttribute("aria-label", words.textContent);
    });
    header.after(question);
    announce(words.textContent);
    clean.focus();
  }

  function closeQuestion(): void {
    question.remove();
    copy.focus();
  }

  question.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || ime.owns(event)) return;
    event.stopPropagation();
    closeQuestion();
  });
}

/** The characters that cannot be seen; control characters are marked too, but no copy ever has them. */
function hiddenIn(code: Element): number {
  const marks = [...code.querySelectorAll(".hidden-character")];
  return marks.filter(({ textContent }) => !/^U\+00[0189]|^U\+007F/.test(textContent)).length;
}

function offerFold(figure: HTMLElement, code: Element, folded: boolean): HTMLButtonElement {
  figure.style.setProperty("--shown-lines", String(shownLines));
  figure.classList.toggle("folded", folded);
  const words = (): string => (figure.classList.contains("folded") ? t("reply.showLines", { count: code.childElementCount }) : t("reply.fold"));
  const fold = button("code-fold", words, () => {
    const folds = figure.classList.toggle("folded");
    fold.setAttribute("aria-expanded", String(!folds));
    fold.textContent = words();
    if (folds) figure.scrollIntoView({ block: "nearest" });
  });
  fold.classList.add("fold");
  fold.setAttribute("aria-expanded", String(!folded));
  figure.append(fold);
  return fold;
}

/** Unfolds the block around `node`, where there is one. */
export function unfoldAround(node: Node): void {
  const inside = node instanceof Element ? node : node.parentElement;
  inside?.closest(".folded")?.querySelector<HTMLElement>(".fold")?.click();
}

/** An empty line is a line too, for the eye and for the clipboard. */
export function dressCodeLine(part: Part): void {
  let filler: HTMLElement | null = null;
  part.changed = () => {
    if (part.children.length === 0) part.content.append((filler ??= document.createElement("br")));
    else filler?.remove();
  };
}
