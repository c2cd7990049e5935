import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { minify } from "terser";
import { defineConfig, type Plugin, type UserConfig } from "vite";

const target = "es2022";
const root = import.meta.dirname;
const connection = "widget/loader/connected/connection.ts";

/**
 * Four bundles, one mode each; `.ci/build.ts` runs them all, in this order. `connection`: what the loader asks for when it
 * needs the frame. `loader`: one script with a stable name, which has the other's written in. `messenger`: the frame's
 * engine and, split off, its user interface, in files named by their content. `console`: the agent desk. The server reads
 * the manifests to write the frame page.
 */
const bundles: Record<string, UserConfig> = {
  connection: {
    base: "/assets/",
    build: {
      outDir: "dist/connection",
      manifest: "manifest.json",
      assetsDir: "",
      modulePreload: false,
      rolldownOptions: { input: resolve(root, connection), preserveEntrySignatures: "strict" },
    },
  },
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
    // Elements by `h`, which Preact has at its heart: the newer JSX runtime would come on top of it.
    oxc: { jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" } },
    plugins: [elementsByH()],
    build: {
      outDir: "dist/messenger",
      manifest: "manifest.json",
      assetsDir: "",
      // As a library: an application's dynamic imports get 2 KB of preloading that one chunk has no use for.
      lib: { entry: resolve(root, "widget/messenger/main.ts"), formats: ["es"] },
      rolldownOptions: {
        preserveEntrySignatures: "allow-extension",
        output: {
          entryFileNames: "main-[hash].js",
          chunkFileNames: "[name]-[hash].js",
          minify: true,
          comments: false,
        },
      },
    },
  },
  console: {
    base: "/console/assets/",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      outDir: "dist/console",
      manifest: "manifest.json",
      assetsDir: "",
      modulePreload: false,
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
    plugins: [...(bundle.plugins ?? []), minified()],
    define: {
      "process.env.NODE_ENV": '"production"',
      ...(mode === "loader" && { CONNECTION_FILE: JSON.stringify(`/assets/${connectionFile()}`) }),
    },
    build: {
      ...bundle.build,
      target,
      // The style sheets are written for what es2022 browsers know; lowering them further costs bytes.
      cssTarget: "esnext",
      emptyOutDir: true,
      reportCompressedSize: false,
      minify: true,
      cssMinify: true,
      assetsInlineLimit: 0,
    },
  };
});

/** Not by `oxc.jsxInject`, which adds the import to the engine's files as well, and with it all of Preact. */
function elementsByH(): Plugin {
  return {
    name: "elements-by-h",
    enforce: "pre",
    transform: (code, id) => (id.endsWith(".tsx") ? `import { Fragment, h } from "preact";${code}` : null),
  };
}

/** Terser before the bundler's own minifier: 1 % smaller than either alone, and every visitor of every host page pays. */
function minified(): Plugin {
  return {
    name: "minified",
    async renderChunk(code) {
      const { code: smaller } = await minify(code, {
        ecma: 2020,
        module: true,
        compress: { passes: 3, pure_getters: true, unsafe_arrows: true, unsafe_methods: true },
      });
      return smaller ?? null;
    },
  };
}

/** What the build of `connection` was named. */
function connectionFile(): string {
  const manifest: Record<string, { file: string }> = JSON.parse(
    readFileSync(resolve(root, "dist/connection/manifest.json"), "utf8"),
  );
  const file = manifest[connection]?.file;
  if (!file) throw new Error("dist/connection/manifest.json does not name the connection; build it first.");
  return file;
}
