// Brings about what is missing before `npm start` and `npm test`: packages, and on demand the browser bundles (`build`),
// a Chromium (`chromium`) and HAProxy (`haproxy`).
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
const isFile = (...paths) => paths.some((path) => existsSync(path));
const say = (line) => process.stderr.write(`${line}\n`);

const systemPackages = [
  {
    want: "chromium",
    name: "Chromium",
    packages: ["chromium", "fonts-liberation"],
    isThere: () =>
      Boolean(process.env.CHROMIUM_PATH) || isFile("/usr/bin/chromium", "/usr/bin/google-chrome"),
  },
  {
    want: "haproxy",
    name: "HAProxy",
    packages: ["haproxy"],
    isThere: () =>
      isFile("/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy", "/usr/local/bin/haproxy"),
  },
];

installPackages();
installSystemPackages(systemPackages.filter(({ want }) => wants.has(want)));
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

/** Tests need a Chromium and HAProxy. Debian's packages are installed where this user may; elsewhere the tests say what is missing. */
function installSystemPackages(wanted) {
  const missing = wanted.filter(({ isThere }) => !isThere());
  if (missing.length === 0) return;
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  const names = missing.map(({ name }) => name).join(" and ");
  say(`Installing ${names} for the tests (once) …`);
  try {
    const packages = missing.flatMap((one) => one.packages);
    run("apt-get", ["update", "-qq"]);
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages]);
  } catch (error) {
    say(
      `They could not be installed (${error.message}). Install ${names} by hand; CHROMIUM_PATH names another browser.`,
    );
  }
}
