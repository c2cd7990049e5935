import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "vouch-main-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(directory, { recursive: true });
});

function run(env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    cwd: directory,
    env: { PATH: process.env.PATH, PORT: "0", VOUCH_DATA_DIR: join(directory, "data"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

/** The lines on stdout until the one that says where the server listens, which is the last of them. */
async function untilListening(child: ReturnType<typeof run>): Promise<Record<string, string>[]> {
  const lines: Record<string, string>[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(JSON.parse(line) as Record<string, string>);
    if (lines.at(-1)?.event === "listening") return lines;
  }
  throw new Error(`ended early: ${await text(child.stderr)}`);
}

test("says once where it listens, answers there, and exits 0 when asked to stop", async () => {
  const child = run({});
  const stderr = text(child.stderr);
  const lines = await untilListening(child);
  const url = lines.at(-1)?.url;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(await stderr).toMatch(/Administrator token, shown this once: \S{32,}/);
});

/** Of connections that wait to be accepted; other systems have no such file, and other bounds. */
const somaxconn = existsSync("/proc/sys/net/core/somaxconn")
  ? Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8"))
  : 0;
test.runIf(somaxconn >= 2000)(
  "takes two thousand connections while its event loop does nothing (needs Linux, and net.core.somaxconn of 2,000)",
  async () => {
    const child = run({});
    const url = new URL((await untilListening(child)).at(-1)?.url ?? "");
    child.kill("SIGSTOP");
    const sockets = Array.from({ length: 2000 }, () => connect(Number(url.port), url.hostname));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    // The system lets one more in than it has room for, and says so to nobody: only who is heard was really taken.
    const answers = sockets.map((socket) => once(socket, "data"));
    for (const socket of sockets) socket.write("GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n");
    child.kill("SIGCONT");
    await Promise.all(answers);
    for (const socket of sockets) socket.destroy();
  },
);

test("says so at every log level, and shows the administrator token at the first start alone", async () => {
  const first = run({ LOG_LEVEL: "silent" });
  expect(await untilListening(first)).toHaveLength(1);
  first.kill("SIGINT");
  expect(await once(first, "exit")).toEqual([0, null]);
  const second = run({ LOG_LEVEL: "silent" });
  const stderr = text(second.stderr);
  await untilListening(second);
  second.kill("SIGTERM");
  expect(await stderr).not.toContain("token");
});

test("exits 2 on bad configuration, with one clear line for each fault", async () => {
  const path = join(directory, "bad.json");
  await writeFile(path, JSON.stringify({ siteId: 1, communities: [{ id: "a", nmae: "A" }] }));
  for (const [env, fault] of [
    [{ VOUCH_CONFIG: path }, /^communities\[0\]\.nmae: /m],
    [{ VOUCH_CONFIG: join(directory, "none.json") }, /none\.json/],
    [{ PORT: "seventy" }, /^PORT: /m],
  ] as const) {
    const child = run(env);
    const stderr = text(child.stderr);
    expect(await once(child, "exit")).toEqual([2, null]);
    expect(await stderr).toMatch(fault);
    expect(await stderr).not.toContain("    at ");
  }
});

test("exits 2 with one line where VOUCH_SECRET is another than before, and starts with both", async () => {
  const [former, current] = ["former", "current"].map((name) => `${name}-${randomBytes(24).toString("hex")}`);
  const first = run({ VOUCH_SECRET: former });
  await untilListening(first);
  first.kill("SIGTERM");
  await once(first, "exit");
  const second = run({ VOUCH_SECRET: current });
  const stderr = text(second.stderr);
  expect(await once(second, "exit")).toEqual([2, null]);
  expect((await stderr).trim().split("\n").at(-1)).toMatch(
    /^VOUCH_SECRET: is not the one .*VOUCH_SECRET_PREVIOUS/,
  );
  expect(await stderr).not.toContain("    at ");
  const third = run({ VOUCH_SECRET: current, VOUCH_SECRET_PREVIOUS: former });
  expect(JSON.stringify(await untilListening(third))).toContain("take VOUCH_SECRET_PREVIOUS out");
  third.kill("SIGTERM");
  await once(third, "exit");
  await untilListening(run({ VOUCH_SECRET: current }));
}, 20_000);

test("exits 2 with one line on a schema of a newer version, and leaves it as it is", async () => {
  await mkdir(join(directory, "data"));
  const path = join(directory, "data", "vouch.db");
  const database = new DatabaseSync(path);
  database.exec("create table kysely_migration (name text primary key, timestamp text not null)");
  database.exec("insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')");
  database.close();
  const child = run({});
  const stderr = text(child.stderr);
  expect(await once(child, "exit")).toEqual([2, null]);
  expect(await stderr).toMatch(/newer version of Vouch \(9999-later\)/);
  expect(await stderr).not.toContain("    at ");
  const left = new DatabaseSync(path);
  expect(left.prepare("select name from sqlite_schema where type = 'table'").all()).toEqual([
    { name: "kysely_migration" },
  ]);
  left.close();
});

test("exits 1 with one line where the port is taken", async () => {
  const child = run({});
  const port = new URL((await untilListening(child)).at(-1)?.url ?? "").port;
  const second = run({ PORT: port, VOUCH_DATA_DIR: join(directory, "other") });
  const stderr = text(second.stderr);
  expect(await once(second, "exit")).toEqual([1, null]);
  expect(await stderr).toMatch(/EADDRINUSE/);
});
