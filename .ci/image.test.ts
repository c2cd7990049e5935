/** The files that the image holds are enough for the server, and it is run as the guide says. No container engine is needed. */

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (name: string): string => readFileSync(join(root, name), "utf8");
/** What is built from the last `FROM` on is what is shipped. */
const image =
  read("Dockerfile")
    .split(/^FROM /m)
    .at(-1) ?? "";

/** As `npm prune --omit=dev` leaves them. */
function linkProductionModules(directory: string): void {
  const { packages } = JSON.parse(read("package-lock.json")) as {
    packages: Readonly<Record<string, { readonly dev?: true }>>;
  };
  for (const [path, { dev }] of Object.entries(packages)) {
    if (dev || !/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path)) continue;
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    symlinkSync(join(root, path), join(directory, path));
  }
}

function unpack(): string {
  const directory = mkdtempSync(join(tmpdir(), "vouch-image-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [, name = ""] of image.matchAll(/^COPY --from=build \/vouch\/\S+ (\S+)$/gm)) {
    if (name === "node_modules") linkProductionModules(directory);
    else cpSync(join(root, name), join(directory, name), { recursive: true });
  }
  return directory;
}

test("the server starts from what the image holds, and its health check passes", {
  timeout: 120_000,
}, async () => {
  const directory = unpack();
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: "development",
    PORT: "0",
    VOUCH_DATA_DIR: join(directory, "data"),
    VOUCH_ADMIN_TOKEN: "administrator-token-of-the-tests-0001",
  };
  const [command = "", ...words] = JSON.parse(/^CMD (\[.*\])$/m.exec(image)?.[1] ?? "[]") as string[];
  expect(command).toBe("node");
  const server = spawn(process.execPath, words, {
    cwd: directory,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void server.kill("SIGKILL"));
  const lines = createInterface(server.stdout);
  let url = "";
  for await (const line of lines) {
    if (!line.includes('"listening"')) continue;
    ({ url } = JSON.parse(line));
    break;
  }
  // What it has to complain about stands on its standard error output.
  expect(url).not.toBe("");
  const check = JSON.parse(/^HEALTHCHECK .*\\\n\s*CMD (\[.*\])$/m.exec(image)?.[1] ?? "[]") as string[];
  const healthy = (port: string) =>
    promisify(execFile)(process.execPath, check.slice(1), { env: { ...env, PORT: port } }).then(
      () => true,
      () => false,
    );
  expect(await healthy(new URL(url).port)).toBe(true);
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(await healthy(new URL(url).port)).toBe(false);
});

test("it runs as nobody of the host, with a file system that it can't write to and nothing that it is allowed to do", () => {
  expect(image).toMatch(/^USER vouch$/m);
  const [, service = ""] = /^ {2}vouch:\n((?: {4}.*\n|\n)+)/m.exec(read("compose.yaml")) ?? [];
  for (const line of [
    "read_only: true",
    "cap_drop: [ALL]",
    'security_opt: ["no-new-privileges:true"]',
    "replicas: 2",
  ])
    expect(service).toContain(line);
});
