/** Two nodes as operators run them: processes of their own, with one PostgreSQL and one Redis. */

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ifLate } from "../.ci/if-late.ts";
import type { MessagePage, OpenedSession } from "../shared/protocol.ts";
import { openTestSocket, type TestSocket } from "./edge/testing/test-socket.ts";
import { redisAnswers, redisUrl, skipsWithout } from "./redis/testing/redis-server.ts";
import { describePostgres } from "./store/postgres/testing/test-database.ts";

interface Node {
  readonly child: ChildProcess;
  readonly url: string;
}

const withoutRedis = skipsWithout("Redis 7 or newer", !(await redisAnswers()));

await describePostgres("Two processes", (database) => {
  let directory: string;
  const nodes: Node[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "vouch-nodes-"));
    const site = {
      siteId: Math.floor(Math.random() * 1e12),
      // A machine that stands still for a second turns nobody away.
      limits: { eventLoopDelayMs: 60_000 },
      communities: [{ id: "acme", name: "Acme", signedIdentities: "reject" }],
      deployments: [{ id: "acme-web", community: "acme", name: "acme.example", allowedOrigins: [] }],
    };
    await writeFile(join(directory, "vouch.json"), JSON.stringify(site));
  });
  afterEach(async () => {
    for (const { child } of nodes.splice(0)) {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    }
    await rm(directory, { recursive: true });
  });

  async function start(): Promise<Node> {
    const child = spawn(process.execPath, [join(import.meta.dirname, "main.js")], {
      env: {
        PATH: process.env.PATH,
        PORT: "0",
        VOUCH_CONFIG: join(directory, "vouch.json"),
        VOUCH_DATA_DIR: join(directory, randomUUID()),
        VOUCH_SECRET: "a-secret-of-the-tests-that-is-long-enough-0123456789",
        VOUCH_ADMIN_TOKEN: "administrator-token-of-the-tests-0001",
        DATABASE_URL: database.url,
        REDIS_URL: redisUrl,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface(child.stdout)) {
      const { event, url } = JSON.parse(line);
      if (event !== "listening") continue;
      const node = { child, url };
      nodes.push(node);
      return node;
    }
    throw new Error("The node ended at its start.");
  }

  async function ask<Answer>(
    node: Node,
    path: string,
    token: string | null,
    json?: object,
    method?: string,
  ): Promise<Answer> {
    const response = await fetch(node.url + path, {
      method: method ?? (json ? "POST" : "GET"),
      headers: {
        "content-type": "application/json",
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      ...(json && { body: JSON.stringify(json) }),
    });
    return (response.status === 204 ? null : await response.json()) as Answer;
  }

  const visit = (node: Node) =>
    ask<OpenedSession>(node, "/api/v1/sessions", null, {
      deploymentId: "acme-web",
      identity: { type: "anonymous" },
    });

  async function live(node: Node, token: string): Promise<TestSocket> {
    const socket = openTestSocket(`${node.url.replace("http", "ws")}/api/v1/socket`);
    socket.send({ t: "auth", token });
    await socket.next("ready");
    return socket;
  }

  const seqs = ({ frames }: TestSocket) =>
    frames.flatMap((frame) => (frame.t === "message" ? [(frame.message as { seq: number }).seq] : []));

  it.skipIf(withoutRedis)(
    "serve one customer together; one is killed and the other goes on",
    // A session is over for all within a second: a busy machine may be late once.
    { timeout: 90_000, retry: ifLate },
    async () => {
      const [one, two] = await Promise.all([start(), start()]);
      for (const node of [one, two])
        await vi.waitFor(async () =>
          expect(await ask(node, "/readyz", null)).toEqual({ status: "ok", hints: "whole" }),
        );
      const { sessionToken: token } = await visit(one);
      const socket = await live(two, token);

      const say = (node: Node) =>
        ask(node, "/api/v1/conversation/messages", token, { id: randomUUID(), text: "Hello" });
      await say(one);
      await vi.waitFor(() => expect(seqs(socket)).toEqual([1]));

      const dying = Promise.allSettled([say(one), say(one), say(one)]);
      one.child.kill("SIGKILL");
      const acknowledged = (await dying).filter(({ status }) => status === "fulfilled").length;
      await say(two);
      const { lastSeq: count } = await ask<MessagePage>(two, "/api/v1/conversation/messages", token);
      expect(count).toBeGreaterThanOrEqual(2 + acknowledged);
      const expected = Array.from({ length: count }, (_, index) => index + 1);
      await vi.waitFor(() => expect(seqs(socket)).toEqual(expected));

      const three = await start();
      await ask(three, "/api/v1/session", token, undefined, "DELETE");
      const ended = performance.now();
      expect(await socket.closed).toBe(4401);
      expect(performance.now() - ended).toBeLessThan(1000);
    },
  );
});
