import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "acme-start-"));
});
afterAll(() => rm(dataDir, { recursive: true }));

function start(env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [join(import.meta.dirname, "start.ts")], {
    env: {
      PATH: process.env.PATH,
      VOUCH_DATA_DIR: dataDir,
      PORT: "0",
      DEMO_PORT: "0",
      DEMO_PROVIDER_PORT: "0",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  return { child, output: () => output };
}

test("prints three links that work, and ends both servers when it is interrupted", {
  timeout: 90_000,
}, async () => {
  const { child, output } = start({});
  await expect.poll(output, { timeout: 30_000 }).toContain("Control panel");
  const links = [...output().matchAll(/(Demo site|Agent desk|Control panel)\s+(\S+)/g)];
  expect(links.map(([, name]) => name)).toEqual(["Demo site", "Agent desk", "Control panel"]);
  for (const [, , link] of links) expect((await fetch(link ?? "")).status).toBe(200);

  const desk = new URL(links[1]?.[2] ?? "");
  const conversations = await fetch(`${desk.origin}/api/v1/agent/conversations`, {
    headers: { authorization: `Bearer ${desk.hash.slice("#token=".length)}` },
  });
  expect(conversations.status).toBe(200);

  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([0, null]);
  for (const [, , link] of links) await expect(fetch(link ?? "")).rejects.toThrow();
});

test("says which port is in use, and leaves nothing running", { timeout: 90_000 }, async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const { child, output } = start({ DEMO_PORT: port });
  expect(await once(child, "exit")).toEqual([1, null]);
  expect(output()).toContain(`Port ${port} is in use`);
  other.close();
});

test("names a variable that it can't use, and starts nothing", { timeout: 90_000 }, async () => {
  const { child, output } = start({ DEMO_PORT: "http" });
  expect(await once(child, "exit")).toEqual([2, null]);
  expect(output()).toMatch(/^DEMO_PORT: /);
});
