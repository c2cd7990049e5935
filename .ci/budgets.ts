/**
 * What the browser is sent, against its budget: bytes after gzip -9, of the files that the build made. That the browser
 * asks for these files and no others is a real-browser test (`e2e/weight.test.ts`).
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { stub } from "../shared/snippet.ts";

const dist = join(import.meta.dirname, "..", "dist");

interface ManifestChunk {
  readonly file: string;
  readonly name?: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

export interface Size {
  readonly name: string;
  readonly files: readonly Buffer[];
  readonly unit: "raw" | "gzip";
  readonly budget: number;
}

/** The stages at which a page pays, each with all bytes it has cost by then. */
export function sizes(): Size[] {
  const loader = readFileSync(join(dist, "loader", "messenger.js"));
  const connection = onlyFileOf("connection");
  const chunks = messengerChunks();
  const read = (file: string): Buffer => readFileSync(join(dist, "messenger", file));
  const entry = chunks.entry.map(read);
  return [
    {
      name: "stub",
      files: [Buffer.from(stub("https://chat.example/messenger.js"))],
      unit: "raw",
      budget: 300,
    },
    { name: "launcher shows", files: [loader], unit: "gzip", budget: 4_000 },
    {
      name: "session without interface",
      files: [loader, connection, ...entry],
      unit: "gzip",
      budget: 20_000,
    },
    {
      name: "conversation is open",
      files: [loader, connection, ...entry, ...chunks.ui.map(read)],
      unit: "gzip",
      budget: 30_000,
    },
    // Right after that, for everyone: nobody waits for it.
    { name: "what stands beside it", files: [chunks.beside].map(read), unit: "gzip", budget: 4_000 },
    // With the first session: words outlive the page, tabs agree.
    { name: "what keeps it company", files: [chunks.company].map(read), unit: "gzip", budget: 3_500 },
    // Then what takes and shows files.
    { name: "attachments", files: [chunks.attachments].map(read), unit: "gzip", budget: 4_500 },
    // On top of all that, where a plug-in, a code or a renewal needs it.
    { name: "the page is asked", files: [onlyFileOf("questions")], unit: "gzip", budget: 4_000 },
  ];
}

export const bytes = ({ files, unit }: Size): number =>
  files.reduce((sum, file) => sum + (unit === "gzip" ? gzipSync(file, { level: 9 }).length : file.length), 0);

/** Prints each size beside its budget; answers with whether each holds. */
export function checkBudgets(): boolean[] {
  return sizes().map((size) => {
    const found = bytes(size);
    const holds = found <= size.budget;
    console.log(
      `${holds ? "ok  " : "OVER"} ${size.name.padEnd(28)} ${found} of ${size.budget} bytes, ${size.unit}`,
    );
    return holds;
  });
}

const manifestOf = (bundle: string): Record<string, ManifestChunk> =>
  JSON.parse(readFileSync(join(dist, bundle, "manifest.json"), "utf8"));

/** What the loader loads on the host page. */
function onlyFileOf(bundle: "connection" | "questions"): Buffer {
  const [chunk, ...others] = Object.values(manifestOf(bundle));
  if (!chunk || others.length > 0) throw new Error(`The loader's ${bundle} is expected to be one file.`);
  return readFileSync(join(dist, bundle, chunk.file));
}

/** Files of the frame's engine, those that the first open adds, the one that follows them, and the first session's. */
function messengerChunks(): {
  entry: string[];
  ui: string[];
  beside: string;
  company: string;
  attachments: string;
} {
  const manifest = manifestOf("messenger");
  const closure = (keys: readonly string[], seen = new Set<string>()): Set<string> => {
    for (const key of keys) {
      const chunk = manifest[key];
      if (!chunk || seen.has(chunk.file)) continue;
      seen.add(chunk.file);
      for (const css of chunk.css ?? []) seen.add(css);
      closure(chunk.imports ?? [], seen);
    }
    return seen;
  };
  const main = manifest["widget/messenger/main.ts"];
  const beside = manifest["widget/messenger/ui/beside/beside.ts"];
  const company = manifest["widget/messenger/model/browser-companies.ts"];
  const attachments = manifest["widget/messenger/ui/attachments/attachments.tsx"];
  if (!main || !beside || !company || !attachments)
    throw new Error(
      "dist/messenger/manifest.json lacks main.ts, beside.ts, browser-companies.ts or attachments.tsx; run npm run build",
    );
  const entry = closure(["widget/messenger/main.ts"]);
  // What else is imported on demand, only some customers ever need.
  const isInterface = (key: string): boolean => manifest[key]?.name === "mount";
  const ui = closure(Object.keys(manifest).filter(isInterface)).difference(entry);
  if (ui.size === 0) throw new Error("dist/messenger/manifest.json does not name the interface, mount.");
  return {
    entry: [...entry],
    ui: [...ui],
    beside: beside.file,
    company: company.file,
    attachments: attachments.file,
  };
}

if (import.meta.main) checkBudgets();
