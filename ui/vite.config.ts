import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // Only names that start with VITE_ reach the page: nothing of the build machine's environment does.
  envPrefix: "VITE_",
  clearScreen: false,
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  build: {
    // WKWebView of macOS 13 is the oldest engine; WebView2 and WebKitGTK 2.50 are newer.
    target: ["safari16", "chrome120"],
    // The content security policy allows files of the page only: no data: URL, no inline script or style.
    assetsInlineLimit: 0,
    // The polyfill would call fetch(); every supported engine preloads modules itself.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
    // The tests of the tokens read them as written.
    css: { include: /src\/design\/\w+\.css/ },
  },
  // Without this vitest would resolve Svelte's server build.
  ...(mode === "test" ? { resolve: { conditions: ["browser"] } } : {}),
}));
