import { expect, it } from "vitest";
import { model, models } from "../../ipc/fake-data";
import { findModels } from "./search";

it("puts recommended models first and retired and unlisted ones last", () => {
  const [first, others] = findModels(models, "");
  expect(first?.models.every(({ recommended }) => recommended)).toBe(true);
  expect(others?.models.slice(-2).map(({ id }) => id)).toEqual(["deepseek-v3.2", "qwen-turbo"]);
});

it("finds by all words typed, in name, id and family, whatever their case", () => {
  expect(findModels(models, "QWEN3 coder").flatMap((section) => section.models.map(({ id }) => id))).toEqual(["qwen3-coder-plus"]);
  expect(findModels(models, "nothing like this")).toEqual([]);
});

it("never recommends what the key cannot use", () => {
  const sections = findModels([model("a", "A", { recommended: true, available: false })], "");
  expect(sections.map(({ title }) => title)).toEqual(["models.others"]);
});
