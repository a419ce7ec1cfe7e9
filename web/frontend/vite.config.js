import { defineConfig } from "vite";

const entries = [
  "src/theme.js",
  "src/desk.js",
  "src/diagram.js",
  "src/difference.js",
  "src/editor/editor.js",
  "src/replay/replay.js",
  "src/replay/heat.js",
];

export default defineConfig({
  base: "/static/build/",
  publicDir: false,
  define: { eval: "globalThis.eval" }, // htmx may not evaluate here; a plain eval would keep every name of its bundle from being shortened
  build: {
    outDir: "../static/build",
    emptyOutDir: true,
    manifest: true,
    modulePreload: { polyfill: false },
    cssTarget: ["chrome123", "edge123", "firefox128", "safari18"],
    rolldownOptions: {
      input: entries,
      checks: { eval: false },
    },
  },
});
