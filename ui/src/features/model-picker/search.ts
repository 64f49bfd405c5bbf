// Finds and orders models: recommended first, retired last, each group by the words typed.

import type { Model } from "../../ipc";

export interface Section {
  title: "models.recommended" | "models.others";
  models: Model[];
}

function matches(model: Model, words: string[]): boolean {
  const text = `${model.id} ${model.name} ${model.family}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Rank inside a section: usable before unlisted before deprecated. The catalogue's order decides ties. */
function rank(model: Model): number {
  return (model.available === false ? 1 : 0) + (model.deprecated ? 2 : 0);
}

export function findModels(models: readonly Model[], query: string): Section[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const found = models.filter((model) => matches(model, words)).sort((a, b) => rank(a) - rank(b));
  const first = ({ recommended, deprecated, available }: Model): boolean => recommended && !deprecated && available !== false;
  const sections: Section[] = [
    { title: "models.recommended", models: found.filter(first) },
    { title: "models.others", models: found.filter((model) => !first(model)) },
  ];
  return sections.filter((section) => section.models.length > 0);
}
