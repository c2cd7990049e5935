// Brings about what is missing before `npm start` and `npm test`: packages, and on demand the browser bundles (`build`)
// and a Chromium (`chromium`).
// Plain JavaScript that Node 20 can run: the repository's own Node 24 may not be installed yet.
// Silent and instant when nothing is missing.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wants = new Set(process.argv.slice(2));

const run = (command, args) =>
  execFileSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
const say = (line) => process.stderr.write(`${line}\n`);

installPackages();
if (wants.has("chromium")) installChromium();
// Not `&&` in the npm script: a shell remembers where it found the older `node`.
if (wants.has("build")) run(join(root, "node_modules", ".bin", "node"), [".ci/build.ts"]);

function installPackages() {
  const stamp = join(root, "node_modules", ".vouch-lock");
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  say("Installing packages (once, about 20 seconds) …");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(stamp, lock);
}

/** Real-browser tests need a Chromium. Debian's package is installed where this user may; elsewhere the test says how. */
function installChromium() {
  if (
    process.env.CHROMIUM_PATH ||
    ["/usr/bin/chromium", "/usr/bin/google-chrome"].some((path) => existsSync(path))
  )
    return;
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  say("Installing Chromium for the browser tests (once) …");
  try {
    run("apt-get", ["update", "-qq"]);
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"]);
  } catch (error) {
    say(`Chromium could not be installed (${error.message}). Install it by hand or set CHROMIUM_PATH.`);
  }
}
