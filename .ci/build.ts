/** Builds the browser bundles into `dist/`, only where their sources have changed since the last build. */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const root = join(import.meta.dirname, "..");
const stampFile = join(root, "dist", "stamp");

export async function buildBundles(): Promise<void> {
  const stamp = fingerprint();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  for (const mode of ["questions", "connection", "loader", "messenger", "console", "headless"]) {
    await build({ mode, configFile: join(root, "vite.config.ts"), logLevel: "warn" });
  }
  // What the headless client's types look like to those who import it.
  execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-p", join(root, "tsconfig.headless.json")], {
    stdio: "inherit",
  });
  writeFileSync(stampFile, stamp);
}

function fingerprint(): string {
  const hash = createHash("sha256");
  const sources = globSync(
    [
      "{shared,widget,server/console}/**/*.{ts,tsx,css,json}",
      "vite.config.ts",
      "tsconfig.*.json",
      "package-lock.json",
    ],
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
