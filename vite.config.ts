import { resolve } from "node:path";
import { defineConfig, type UserConfig } from "vite";

const target = "es2022";
const root = import.meta.dirname;

/**
 * Three bundles, one mode each; `.ci/build.ts` runs them all.
 * `loader`: one classic script with a stable name. `messenger`: the frame's engine and, split off, its user interface, in
 * files named by their content. `console`: the agent desk. The server reads the manifests to write the frame page.
 */
const bundles: Record<string, UserConfig> = {
  loader: {
    build: {
      outDir: "dist/loader",
      lib: {
        entry: resolve(root, "widget/loader/main.ts"),
        formats: ["iife"],
        name: "VouchLoader",
        fileName: () => "messenger.js",
      },
    },
  },
  messenger: {
    base: "/assets/",
    build: {
      outDir: "dist/messenger",
      manifest: "manifest.json",
      assetsDir: "",
      modulePreload: { polyfill: false },
      rolldownOptions: { input: resolve(root, "widget/messenger/main.ts") },
    },
  },
  console: {
    base: "/console/assets/",
    build: {
      outDir: "dist/console",
      manifest: "manifest.json",
      assetsDir: "",
      modulePreload: { polyfill: false },
      rolldownOptions: { input: resolve(root, "server/console/main.tsx") },
    },
  },
};

export default defineConfig(({ mode }) => {
  const bundle = bundles[mode];
  if (!bundle) return {};
  return {
    ...bundle,
    root,
    publicDir: false,
    define: { "process.env.NODE_ENV": '"production"' },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      ...bundle.build,
      target,
      emptyOutDir: true,
      reportCompressedSize: false,
      minify: true,
      assetsInlineLimit: 0,
    },
  };
});
