/** Builds the browser bundles into `dist/`, only where their sources have changed since the last build. */

import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const root = join(import.meta.dirname, "..");
const stampFile = join(root, "dist", "stamp");

export async function buildBundles(): Promise<void> {
  const stamp = fingerprint();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  for (const mode of ["questions", "connection", "loader", "messenger", "console"]) {
    await build({ mode, configFile: join(root, "vite.config.ts"), logLevel: "warn" });
  }
  writeFileSync(stampFile, stamp);
}

function fingerprint(): string {
  const hash = createHash("sha256");
  const sources = globSync(
    ["{shared,widget,server/console}/**/*.{ts,tsx,css,json}", "vite.config.ts", "package-lock.json"],
    { cwd: root },
  );
  for (const path of sources.sort()) {
    if (!path.includes(".test."))
      hash
        .update(path)
        .update("\0")
        .update(readFileSync(join(root, path)));
  }
  return hash.digest("hex");
}

if (import.meta.main) await buildBundles();
