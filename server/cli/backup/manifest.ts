/** What a backup says of itself: `manifest.json` in its directory. */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import * as v from "valibot";
import { UsageError } from "../console.ts";

const manifestSchema = v.object({
  format: v.literal("vouch-backup-1"),
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
  /** SHA-256 of `vouch.db`, lower-case hex. */
  sha256: v.string(),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;

const name = "manifest.json";

export const writeManifest = (directory: string, manifest: Manifest): Promise<void> =>
  writeFile(join(directory, name), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });

/** @throws UsageError where the directory is no backup */
export async function readManifest(directory: string): Promise<Manifest> {
  try {
    return v.parse(manifestSchema, JSON.parse(await readFile(join(directory, name), "utf8")));
  } catch {
    throw new UsageError(
      `${directory} is not a backup that this version reads: ${name} is missing or foreign.`,
    );
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
