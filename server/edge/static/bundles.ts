import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import * as v from "valibot";
import { createStaticFile, type StaticFile } from "./static-file.ts";

/** A page's script: the module to load, and those it imports at once, so that a page can ask for all in one go. */
export interface Entry {
  readonly script: string;
  readonly preload: readonly string[];
}

/** One bundle of hashed files, by file name. */
export interface Bundle {
  readonly entry: Entry;
  readonly files: ReadonlyMap<string, StaticFile>;
}

/** What `npm run build` left in `dist/`. */
export interface Bundles {
  readonly loader: StaticFile;
  /** What the loader loads besides, by the name of the file up to its hash. */
  readonly ofLoader: ReadonlyMap<string, StaticFile>;
  /** The frame's files, and the loader's. */
  readonly messenger: Bundle;
  readonly console: Bundle;
}

export class MissingBuildError extends Error {
  override readonly name = "MissingBuildError";
}

const manifestSchema = v.record(
  v.string(),
  v.object({
    file: v.string(),
    isEntry: v.optional(v.boolean(), false),
    imports: v.optional(v.array(v.string()), []),
    css: v.optional(v.array(v.string()), []),
    assets: v.optional(v.array(v.string()), []),
  }),
);

type Manifest = v.InferOutput<typeof manifestSchema>;

/** @throws MissingBuildError */
export async function readBundles(directory: string): Promise<Bundles> {
  try {
    const [loader, questions, connection, messenger, desk] = await Promise.all([
      readStaticFile(join(directory, "loader", "messenger.js")),
      readBundle(join(directory, "questions")),
      readBundle(join(directory, "connection")),
      readBundle(join(directory, "messenger")),
      readBundle(join(directory, "console")),
    ]);
    const ofLoader = new Map([...connection.files, ...questions.files]);
    return {
      loader,
      ofLoader: new Map([...ofLoader].map(([name, file]) => [withoutHash(name), file])),
      messenger: { ...messenger, files: new Map([...messenger.files, ...ofLoader]) },
      console: desk,
    };
  } catch (cause) {
    throw new MissingBuildError(`The browser bundles in ${directory} are missing: run "npm run build".`, {
      cause,
    });
  }
}

/** `connection-CnzMnZmb.js` is the `connection`. */
export const withoutHash = (name: string): string => name.replace(/-[^.]*\.js$/, "");

/** Compresses what the first visitors would have to wait for: one file after the other, to leave room for them. */
export async function warmBundles({ loader, messenger, console: desk }: Bundles): Promise<void> {
  for (const file of [loader, ...messenger.files.values(), ...desk.files.values()]) await file.warm();
}

async function readBundle(directory: string): Promise<Bundle> {
  const text = await readFile(join(directory, "manifest.json"), "utf8");
  const manifest = v.parse(manifestSchema, JSON.parse(text));
  const chunks = Object.values(manifest);
  const entry = chunks.find(({ isEntry }) => isEntry);
  if (!entry) throw new Error(`The manifest of ${directory} has no entry.`);
  const names = new Set(chunks.flatMap(({ file, css, assets }) => [file, ...css, ...assets]));
  const files = await Promise.all(
    [...names].map(async (name) => [name, await readStaticFile(join(directory, name))] as const),
  );
  return {
    entry: { script: entry.file, preload: [...staticImports(manifest, entry.imports)] },
    files: new Map(files),
  };
}

function staticImports(
  manifest: Manifest,
  keys: readonly string[],
  found = new Set<string>(),
): ReadonlySet<string> {
  for (const key of keys) {
    const chunk = manifest[key];
    if (!chunk || found.has(chunk.file)) continue;
    found.add(chunk.file);
    staticImports(manifest, chunk.imports, found);
  }
  return found;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

async function readStaticFile(path: string): Promise<StaticFile> {
  const bytes = await readFile(path);
  return createStaticFile(bytes, contentTypes[extname(path)] ?? "application/octet-stream");
}
