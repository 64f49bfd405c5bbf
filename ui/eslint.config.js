import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

/** Ways to reach the network or to build HTML from strings: the page has none of them. */
const forbiddenGlobals = [
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "EventSource",
  "sessionStorage",
  "indexedDB",
  "caches",
].map((name) => ({ name, message: "The page talks to Rust through src/ipc only and stores nothing itself." }));

const forbiddenProperties = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe"].map((property) => ({
  property,
  message: "Text reaches the page through text nodes only.",
}));

const features = ["composer", "connect", "first-run", "model-picker", "settings", "sidebar", "status-light", "storage", "thread"];

export default defineConfig(
  { ignores: ["dist/", "node_modules/", "src/ipc/bindings.ts"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: [] }, extraFileExtensions: [".svelte"] },
    },
    rules: {
      // TypeScript knows the globals.
      "no-undef": "off",
      "no-restricted-globals": ["error", ...forbiddenGlobals],
      "no-restricted-properties": ["error", ...forbiddenProperties],
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["@tauri-apps/*"], message: "Only src/ipc imports the shell's client." }] },
      ],
      "no-console": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": "off",
      "svelte/no-at-html-tags": "error",
      "svelte/no-target-blank": "error",
      "svelte/require-each-key": "error",
      "svelte/valid-compile": "error",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { parser: ts.parser, svelteConfig },
    },
    rules: {
      // Runes are assigned once and read by the template: these rules misread both.
      "prefer-const": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-useless-default-assignment": "off",
      // The types of component props reach svelte-check only; here they look like any.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      // Private bookkeeping that no template reads.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  {
    files: ["src/ipc/**"],
    rules: { "no-restricted-imports": "off" },
  },
  // A feature knows design, i18n, ipc, errors, reply and session. It never knows another feature.
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["@tauri-apps/*"], message: "Only src/ipc imports the shell's client." },
            {
              group: features.filter((other) => other !== feature).map((other) => `**/${other}/**`),
              message: "App.svelte composes features; they do not import each other.",
            },
          ],
        },
      ],
    },
  })),
  {
    files: ["public/theme.js"],
    ...ts.configs.disableTypeChecked,
  },
  {
    files: ["eslint.config.js", "svelte.config.js", "vite.config.ts"],
    ...ts.configs.disableTypeChecked,
  },
);
