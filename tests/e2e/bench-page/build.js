// Builds each sink as one classic script beside an HTML page, so that file:// is enough to open it.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { rmSync, writeFileSync } from "node:fs";
import { build } from "vite";

const folder = new URL("./", import.meta.url).pathname;
rmSync(`${folder}dist`, { recursive: true, force: true });
for (const sink of ["plain", "streamdown", "operations"]) {
  await build({
    root: folder,
    configFile: false,
    logLevel: "warn",
    plugins: [svelte({ configFile: false })],
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    build: {
      outDir: `dist/${sink}`,
      emptyOutDir: false,
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      lib: { entry: `src/${sink}.ts`, formats: ["iife"], name: "bench", fileName: () => "bench.js", cssFileName: "bench" },
    },
  });
  writeFileSync(
    `${folder}dist/${sink}/index.html`,
    `<!doctype html>
<html lang="en">
<meta charset="utf-8" />
<title>${sink}</title>
<link rel="stylesheet" href="bench.css" />
<body></body>
<script src="bench.js"></script>
</html>
`,
  );
}
