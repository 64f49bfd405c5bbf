import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

/** @type {import("@sveltejs/vite-plugin-svelte").SvelteConfig} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    // Templates are built from DOM calls instead of HTML strings, so that not even the framework parses HTML.
    fragments: "tree",
  },
};
