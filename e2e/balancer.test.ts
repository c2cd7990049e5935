/** Two nodes behind the balancer of `compose.yaml`: nobody is bound to a node, and nodes are restarted under load. */

import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { audit } from "../bench/soak/audit.ts";
import type { Counts } from "../bench/soak/clients/outbox.ts";
import { gatherCrowd } from "../bench/soak/crowd.ts";
import { check } from "../bench/soak/history/check.ts";
import { openShared, type Shared } from "../bench/soak/world/shared.ts";
import { calm, createWorld, type World } from "../bench/soak/world/world.ts";
import { skipsWithout } from "../server/redis/testing/redis-server.ts";
import { type Balancer, balancerCanBeStarted, startBalancer } from "./harness/balancer.ts";
import { agentToken } from "./harness/companion.ts";
import { openSession } from "./harness/session.ts";

const isSkipped = skipsWithout("HAProxy", !(await balancerCanBeStarted()));

describe.skipIf(isSkipped)("two nodes behind the balancer of compose.yaml", () => {
  let directory: string;
  let shared: Shared;
  let world: World;
  let balancer: Balancer;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "vouch-balancer-"));
    shared = await openShared(console.warn);
    world = await createWorld({
      ...calm,
      directory: join(directory, "world"),
      shared,
      env: { TRUSTED_PROXIES: "127.0.0.1" },
      // A machine that stands still for a second turns nobody away.
      limits: { eventLoopDelayMs: 60_000 },
    });
    await world.standing();
    balancer = await startBalancer(
      directory,
      world.posts.map(({ node }) => node.port),
    );
  });
  afterAll(async () => {
    await balancer?.stop();
    const incidents = await world?.stop();
    await shared?.stop();
    await rm(directory, { recursive: true, force: true });
    expect(incidents).toEqual([]);
  });

  test("no request and no socket is bound to the node that opened the session", async () => {
    const { sessionToken, conversation } = await openSession(balancer.url, "unbound");
    const sockets = await Promise.all(Array.from({ length: 4 }, () => live(balancer.url, sessionToken)));
    const heard = sockets.map((socket) => nextMessage(socket));
    const headers = { "content-type": "application/json" };
    const said = await fetch(`${balancer.url}/api/v1/agent/conversations/${conversation.id}/messages`, {
      method: "POST",
      headers: { ...headers, authorization: `Bearer ${agentToken}` },
      body: JSON.stringify({ id: randomUUID(), text: "from one node to all" }),
    });
    expect(said.status).toBe(201);
    expect(await Promise.all(heard)).toEqual(Array(4).fill("from one node to all"));
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    await fetch(`${balancer.url}/api/v1/session`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${sessionToken}` },
    });
    expect(await Promise.all(closed)).toEqual(Array(4).fill(4401));
  });

  test("both nodes are restarted, one after the other, twice: nothing is lost, doubled or out of order", async () => {
    const counts: Counts = { sent: 0, resent: 0, acknowledged: 0, delivered: 0, reconnects: 0 };
    const expelled: string[] = [];
    const crowd = await gatherCrowd({
      seed: "rolling restart behind a balancer",
      urls: [balancer.url],
      conversations: 6,
      agents: 1,
      postage: "once",
      counts,
      expelled: (reason) => expelled.push(reason),
    });
    for (let round = 0; round < 2; round++)
      for (const { node } of world.posts) {
        const before = counts.acknowledged;
        await until(() => counts.acknowledged > before + 50);
        const replaced = node.replaced();
        node.signal("SIGTERM");
        await replaced;
        await until(async () => (await fetch(`http://127.0.0.1:${node.port}/readyz`)).ok);
      }
    for (const participant of crowd.participants) participant.finish();
    await until(() => {
      for (const agent of crowd.agents) agent.lookAround();
      return crowd.participants.every(({ settled }) => settled);
    });
    await audit([{ name: "balancer", url: balancer.url }], crowd.talks);
    for (const participant of crowd.participants) participant.stop();
    expect(crowd.talks.flatMap(({ log }) => check(log.history))).toEqual([]);
    expect(expelled).toEqual([]);
    expect(counts.reconnects).toBeGreaterThan(0);
  }, 120_000);
});

/** Waits for what other processes do; there is no event of theirs to wait for. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}

function live(url: string, token: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/socket`);
  socket.on("open", () => socket.send(JSON.stringify({ t: "auth", token })));
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("message", (data) => {
      if (JSON.parse(String(data)).t === "ready") resolve(socket);
    });
  });
}

function nextMessage(socket: WebSocket): Promise<string> {
  return new Promise((resolve) =>
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data));
      if (frame.t === "message") resolve(frame.message.text);
    }),
  );
}
