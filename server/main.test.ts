import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
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
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  await rm(directory, { recursive: true });
});

function run(env: NodeJS.ProcessEnv, file = "main.js") {
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], {
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

test.each(["main.js", "main.ts"])(
  "%s says once where it listens, answers there, and exits 0 when asked to stop",
  async (file) => {
    const child = run({}, file);
    const stderr = text(child.stderr);
    const lines = await untilListening(child);
    const url = lines.at(-1)?.url;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await stderr).toMatch(/Administrator token, shown this once: \S{32,}/);
  },
);

// util-linux: other systems' `script` takes other arguments.
test.skipIf(process.platform !== "linux")(
  "ends with its terminal, also where its output goes into a pipe (needs Linux)",
  async () => {
    // The terminal is script's; the server has it as its standard input alone.
    const server = `exec ${process.execPath} ${join(import.meta.dirname, "main.js")} 2>&1`;
    const terminal = spawn("script", ["-qfec", `(${server}) | cat`, "/dev/null"], {
      cwd: directory,
      env: { PATH: process.env.PATH, SHELL: "/bin/sh", PORT: "0", VOUCH_DATA_DIR: join(directory, "data") },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(terminal);
    let url = "";
    for await (const line of createInterface(terminal.stdout)) {
      url = /"event":"listening","url":"([^"]+)"/.exec(line)?.[1] ?? "";
      if (url) break;
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    terminal.kill("SIGKILL");
    await expect
      .poll(
        () =>
          fetch(`${url}/healthz`).then(
            () => "lives",
            () => "ended",
          ),
        { timeout: 10_000 },
      )
      .toBe("ended");
  },
);

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

test("makes the data directory, and those above it, also where no secret has to be written into it", async () => {
  const env = {
    VOUCH_SECRET: randomBytes(24).toString("hex"),
    VOUCH_ADMIN_TOKEN: randomBytes(24).toString("hex"),
  };
  const data = join(directory, "srv", "vouch");
  const child = run({ ...env, VOUCH_DATA_DIR: data });
  await untilListening(child);
  expect(existsSync(join(data, "vouch.db"))).toBe(true);
  await writeFile(join(directory, "file"), "");
  const refused = run({ ...env, VOUCH_DATA_DIR: join(directory, "file", "data") });
  const stderr = text(refused.stderr);
  expect(await once(refused, "exit")).toEqual([2, null]);
  expect(await stderr).toMatch(/^VOUCH_DATA_DIR: the directory .* can't be made \(ENOTDIR\)$/m);
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
}, 120_000);

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

test("makes a data directory that is missing, where both secrets come from the environment", async () => {
  const [secret, adminToken] = ["secret", "token"].map(
    (name) => `${name}-${randomBytes(24).toString("hex")}`,
  );
  await untilListening(
    run({
      VOUCH_SECRET: secret,
      VOUCH_ADMIN_TOKEN: adminToken,
      VOUCH_DATA_DIR: join(directory, "new", "data"),
    }),
  );
});

test("exits with one line that names the file and the cause where the database can't be used", async () => {
  await untilListening(run({}));
  const garbage = join(directory, "garbage");
  await mkdir(garbage);
  await writeFile(
    join(garbage, "vouch.db"),
    "not a database, however long it may go on like this".repeat(200),
  );
  await mkdir(join(directory, "odd", "vouch.db"), { recursive: true });
  for (const [dataDir, code, line] of [
    [
      "data",
      1,
      /^The database \S+data\/vouch\.db can't be used: another process has it open; .*VOUCH_DATA_DIR/m,
    ],
    ["garbage", 1, /^The database \S+garbage\/vouch\.db can't be used: file is not a database\.$/m],
    ["odd", 2, /^VOUCH_DATA_DIR: the file \S+odd\/vouch\.db can't be made or read \(EISDIR\)$/m],
  ] as const) {
    const child = run({ VOUCH_DATA_DIR: join(directory, dataDir) });
    const stderr = text(child.stderr);
    expect(await once(child, "exit")).toEqual([code, null]);
    expect(await stderr).toMatch(line);
    expect(await stderr).not.toContain("    at ");
  }
}, 120_000);

test("shows a new administrator token also where the start fails, and makes none for a file with faults", async () => {
  const path = join(directory, "bad.json");
  await writeFile(path, "{");
  const faulty = run({ VOUCH_CONFIG: path });
  expect(await once(faulty, "exit")).toEqual([2, null]);
  expect(existsSync(join(directory, "data"))).toBe(false);
  const child = run({ HOST: "203.0.113.1" });
  const stderr = text(child.stderr);
  expect(await once(child, "exit")).toEqual([2, null]);
  expect(await stderr).toMatch(/Administrator token, shown this once: \S{32,}/);
});

test("a start that fails ends the process, whatever it has opened by then", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const child = run({ PORT: port, REDIS_URL: "redis://127.0.0.1:1" });
  const stdout = text(child.stdout);
  expect(await once(child, "exit")).toEqual([1, null]);
  expect(await stdout).toContain("hints_changed");
  other.close();
});

test("exits 1 with one line where the port is taken", async () => {
  const child = run({});
  const port = new URL((await untilListening(child)).at(-1)?.url ?? "").port;
  const second = run({ PORT: port, VOUCH_DATA_DIR: join(directory, "other") });
  const stderr = text(second.stderr);
  expect(await once(second, "exit")).toEqual([1, null]);
  expect(await stderr).toMatch(
    new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is in use: .*PORT.*EADDRINUSE`, "m"),
  );
});
