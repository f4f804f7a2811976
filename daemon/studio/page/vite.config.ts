import { defineConfig } from "vite";

// The same sources give the same files: CI compares what is committed with a fresh build.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licences.md" },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
