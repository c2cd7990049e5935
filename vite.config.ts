import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { minify } from "terser";
import { defineConfig, type Plugin, type UserConfig } from "vite";

const target = "es2022";
const root = import.meta.dirname;
/** What the messenger loads at the first open, by path. */
const ofInterface =
  /preact\/dist|widget\/messenger\/(ui\/(?!account|attachments|beside)|locales\/(en|language)\.ts)|shared\/(rich-text|message)\./;

/** Files of the host page that the loader loads by their address, by bundle. */
const later = {
  connection: "widget/loader/connected/connection.ts",
  questions: "widget/auth/questions/page-questions.ts",
} as const;

/**
 * Six bundles, one mode each; `.ci/build.ts` runs them all, in this order. `questions`: what asks functions of the page and
 * renews. `connection`: what the loader asks for when it needs the frame. `loader`: one script with a stable name, which has
 * the others' written in. `messenger`: the frame's engine and, split off, its user interface, in files named by their content.
 * `console`: the agent desk. `headless`: the client without an interface, as other applications import it. The server reads
 * the manifests to write the frame page.
 */
const bundles: Record<string, UserConfig> = {
  questions: laterBundle("questions"),
  connection: laterBundle("connection"),
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
          entryFileNames: "main-[hash:6].js",
          chunkFileNames: ({ name }) => `${name.split("-").at(-1)}-[hash:6].js`,
          // What the account's dialogs share with the interface stays in its file, which is there before them.
          codeSplitting: {
            groups: [{ name: "mount", test: ofInterface }],
            includeDependenciesRecursively: false,
          },
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
  headless: {
    build: {
      outDir: "dist/headless",
      // One file: whoever bundles an application splits it as it likes.
      rolldownOptions: { output: { codeSplitting: false } },
      lib: {
        entry: resolve(root, "widget/headless/headless.ts"),
        formats: ["es"],
        fileName: () => "headless.js",
      },
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
      ...(mode === "loader" && {
        CONNECTION_FILE: JSON.stringify(builtFile("connection")),
        QUESTIONS_FILE: JSON.stringify(builtFile("questions")),
      }),
    },
    build: {
      ...bundle.build,
      // Terser takes most of the time, by intent: no warning at everybody's first start.
      rolldownOptions: { ...bundle.build?.rolldownOptions, checks: { pluginTimings: false } },
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
        compress: { passes: 4, pure_getters: true, unsafe_arrows: true, unsafe_methods: true },
      });
      return smaller ?? null;
    },
  };
}

function laterBundle(bundle: keyof typeof later): UserConfig {
  return {
    base: "/assets/",
    build: {
      outDir: `dist/${bundle}`,
      manifest: "manifest.json",
      assetsDir: "",
      modulePreload: false,
      rolldownOptions: {
        input: { [bundle]: resolve(root, later[bundle]) },
        output: { entryFileNames: "[name]-[hash:6].js" },
        preserveEntrySignatures: "strict",
      },
    },
  };
}

/** Path of what the build of a bundle was named. */
function builtFile(bundle: keyof typeof later): string {
  const manifest: Record<string, { file: string }> = JSON.parse(
    readFileSync(resolve(root, `dist/${bundle}/manifest.json`), "utf8"),
  );
  const file = manifest[later[bundle]]?.file;
  if (!file) throw new Error(`dist/${bundle}/manifest.json does not name ${later[bundle]}; build it first.`);
  return `/assets/${file}`;
}
