import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ifLate } from "../../../.ci/if-late.ts";
import {
  createRedisProcess,
  type RedisProcess,
  redisAnswers,
  redisCanBeStarted,
  redisUrl,
  skipsWithout,
} from "../../redis/testing/redis-server.ts";
import { startTwoNodes, type TestNodes } from "../testing/nodes.ts";
import { agentToken } from "../testing/test-server.ts";
import type { TestSocket } from "../testing/test-socket.ts";

const withoutRedis = skipsWithout("Redis 7 or newer", !(await redisAnswers()));
const withoutServers = skipsWithout("redis-server", !(await redisCanBeStarted()));

let site: TestNodes;
afterEach(() => site.close());

const newSiteId = () => Math.floor(Math.random() * 1e12);

/** A busy machine may be late once. */
const retry = ifLate;

/** Until it is true; within a second, unless told otherwise. */
const soon = (check: () => void, timeout = 1000) => vi.waitFor(check, { timeout, interval: 10 });

const seqs = ({ frames }: TestSocket): readonly number[] =>
  frames.flatMap((frame) => (frame.t === "message" ? [(frame.message as { seq: number }).seq] : []));

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

async function agentSocket(node: TestNodes["nodes"][number]): Promise<TestSocket> {
  const agent = node.socket("/api/v1/agent/socket");
  agent.send({ t: "auth", token: agentToken });
  await agent.next("ready");
  return agent;
}

describe.skipIf(withoutRedis)("Two nodes", { retry }, () => {
  const open = async () => {
    site = await startTwoNodes(redisUrl, newSiteId());
    return site.nodes;
  };

  it("bring what is said on one to whoever is at the other, and what is typed and read", async () => {
    const [one, two] = await open();
    const ada = await one.signIn("ada");
    const here = await one.live(ada.sessionToken);
    const there = await two.live((await two.signIn("ada")).sessionToken);
    const agent = await agentSocket(two);
    const conversationId = ada.conversation.id;

    here.send({ t: "send", id: randomUUID(), text: "Hello" });
    await soon(() => expect([here, there, agent].map(seqs)).toEqual([[1], [1], [1]]));
    here.send({ t: "typing", on: true });
    expect(await agent.next("typing")).toMatchObject({ conversationId, by: "contact", on: true });
    agent.send({ t: "read", conversationId, seq: 1 });
    await soon(() =>
      expect(here.frames).toContainEqual({
        t: "receipt",
        conversationId,
        by: "agent",
        kind: "read",
        seq: 1,
      }),
    );
    agent.send({ t: "send", conversationId, id: randomUUID(), text: "Good morning" });
    await soon(() =>
      expect([here, there, agent].map(seqs)).toEqual([
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
    );
  });

  it("know who is at the desks of both, until that node stops, and tell what an agent moved", async () => {
    const [one, two] = await open();
    const ada = await one.signIn("ada");
    const customer = await one.live(ada.sessionToken);
    expect(await customer.next("presence")).toEqual({ t: "presence", online: false });
    const agent = await agentSocket(two);
    await soon(() => {
      for (const node of [one, two]) node.sweep();
      expect(customer.frames.at(-1)).toEqual({ t: "presence", online: true });
    }, 3000);
    const colleague = await agentSocket(one);
    await soon(() => {
      for (const node of [one, two]) node.sweep();
      expect(agent.frames.at(-1)).toEqual({ t: "presence", agents: [{ name: "Agent" }, { name: "Agent" }] });
    }, 3000);
    await two.fetch(`/api/v1/agent/conversations/${ada.conversation.id}`, {
      method: "PATCH",
      token: agentToken,
      json: { state: "closed" },
    });
    await soon(() => expect(customer.frames.at(-1)).toMatchObject({ t: "state", state: "closed" }));
    await two.close();
    await soon(() => {
      one.sweep();
      expect(colleague.frames.at(-1)).toEqual({ t: "presence", agents: [{ name: "Agent" }] });
    }, 3000);
  });

  it("close the sockets of a session that ended on the other, and all of them on logout everywhere", async () => {
    const [one, two] = await open();
    const ada = await one.signIn("ada");
    const other = await two.signIn("ada");
    const sockets = [await two.live(ada.sessionToken), await one.live(other.sessionToken)];
    const started = performance.now();
    await one.fetch("/api/v1/session", { method: "DELETE", token: ada.sessionToken });
    expect(await sockets[0]?.closed).toBe(4401);
    await two.fetch("/api/v1/session?everywhere=true", { method: "DELETE", token: other.sessionToken });
    expect(await sockets[1]?.closed).toBe(4401);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("miss nothing that is said while a socket is let in", async () => {
    site = await startTwoNodes(redisUrl, newSiteId(), { limits: { messageBurst: 100 } });
    const [one, two] = site.nodes;
    const { sessionToken: token } = await one.signIn("ada");
    for (let round = 1; round <= 20; round++) {
      const socket = two.socket();
      const post = () =>
        one.fetch("/api/v1/conversation/messages", { token, json: { id: randomUUID(), text: "Hello" } });
      const sent = Promise.all([post(), post(), post()]);
      socket.send({ t: "auth", token, afterSeq: (round - 1) * 3 });
      await sent;
      await soon(() => expect(seqs(socket)).toEqual([1, 2, 3].map((n) => (round - 1) * 3 + n)));
      socket.close();
    }
  });

  it("hold to a configuration that was changed on the other within a second", async () => {
    const [one, two] = await open();
    const request = { token: "administrator-token-of-the-tests-0001" };
    const made = await one.fetch("/api/v1/admin/communities", {
      ...request,
      json: { id: "new", name: "New", signedIdentities: "reject" },
    });
    expect(made.status).toBe(201);
    await vi.waitFor(
      async () => expect((await two.fetch("/api/v1/admin/communities/new", request)).status).toBe(200),
      { timeout: 1000 },
    );
  });

  it("keep a socket as long as its customer does something on the other", async () => {
    let now = Date.now();
    site = await startTwoNodes(redisUrl, newSiteId(), { clock: { now: () => now } });
    const [one, two] = site.nodes;
    const { sessionToken } = await one.signIn("ada");
    const [busy, quiet] = [await one.live(sessionToken), await two.live(sessionToken)];
    for (let minutes = 0; minutes < 60; minutes += 10) {
      now += 10 * 60_000;
      busy.send({ t: "read", seq: 0 });
      // A ping shows that there is a client, not that there is a customer.
      for (const socket of [busy, quiet]) socket.send({ t: "ping" });
      for (const socket of [busy, quiet]) await socket.next("pong");
      for (let sweeps = 0; sweeps < 3; sweeps++) {
        two.sweep();
        // Time enough for the store's answer.
        await (await two.fetch("/healthz")).text();
      }
    }
    two.sweep();
    quiet.send({ t: "ping" });
    await quiet.next("pong");
    expect(quiet.frames.filter(({ t }) => t === "session")).toEqual([]);
  });
});

describe.skipIf(withoutServers)("Two nodes whose Redis fails", { retry }, () => {
  let redis: RedisProcess;
  beforeAll(async () => {
    redis = await createRedisProcess();
  });
  // Whatever the test before, or a first attempt, did to it.
  beforeEach(async () => {
    await redis.kill();
    await redis.start();
  });
  let writing: NodeJS.Timeout | undefined;
  afterEach(() => clearInterval(writing));
  afterAll(() => redis.remove());

  /** A customer who goes on writing until stopped, with a tab and an agent at the other node. */
  async function conversing() {
    site = await startTwoNodes(redis.url, newSiteId(), {
      limits: { messagesPerSecond: 1000, messageBurst: 1000 },
    });
    const [one, two] = site.nodes;
    // So many that the look which every conversation gets now and then can't stand in for a hint.
    for (let visitors = 0; visitors < 100; visitors++) await two.live((await two.visit()).sessionToken);
    const ada = await one.signIn("ada");
    const sockets = {
      customer: await one.live(ada.sessionToken),
      tab: await two.live(ada.sessionToken),
      agent: await agentSocket(two),
    };
    const sentAt = new Map<string, number>();
    const lateMs: number[] = [];
    for (const socket of Object.values(sockets))
      socket.raw.on("message", (data) => {
        const { t, message } = JSON.parse(String(data));
        if (t === "message") lateMs.push(performance.now() - (sentAt.get(message.id) ?? 0));
      });
    // Only here: what was said at the other node would lead its sockets to what they have missed.
    writing = setInterval(() => {
      const id = randomUUID();
      sentAt.set(id, performance.now());
      sockets.customer.send({ t: "send", id, text: "Hello" });
    }, 10);
    return {
      ada,
      sockets,
      lateMs,
      /** Everything has arrived everywhere: once, in order. */
      async stop() {
        clearInterval(writing);
        await soon(() => expect(seqs(sockets.customer)).toEqual(upTo(sentAt.size)), 3000);
        await soon(() => expect(seqs(sockets.tab)).toEqual(upTo(sentAt.size)), 3000);
        // Agents are told of what happened; their desk puts it in order and asks for what it missed.
        await soon(() => expect(Math.max(...seqs(sockets.agent))).toBe(sentAt.size), 3000);
        return sentAt.size;
      },
    };
  }

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it("lose nothing, and are late by less than two seconds, while it is gone and when it is back", async () => {
    const { stop, lateMs } = await conversing();
    await pause(300);
    await redis.kill();
    await pause(2500);
    await redis.start();
    await pause(1500);
    expect(await stop()).toBeGreaterThan(200);
    expect(Math.max(...lateMs)).toBeLessThan(2000);
  });

  it("lose nothing while it cuts their connections", async () => {
    const { stop, lateMs } = await conversing();
    for (let times = 0; times < 5; times++) {
      await pause(200);
      await redis.cli("client", "kill", "type", times % 2 === 0 ? "normal" : "pubsub");
    }
    await pause(500);
    await stop();
    expect(Math.max(...lateMs)).toBeLessThan(2000);
  });

  it("lose nothing while it says nothing, though its connections stand", async () => {
    const { stop, lateMs } = await conversing();
    await pause(300);
    redis.signal("SIGSTOP");
    await pause(4000);
    redis.signal("SIGCONT");
    await pause(1500);
    await stop();
    expect(Math.max(...lateMs)).toBeLessThan(2200);
  });

  it("end the sockets of an ended session within a second without it", async () => {
    const { ada, sockets, stop } = await conversing();
    await redis.kill();
    await pause(500);
    await stop();
    const started = performance.now();
    await site.nodes[0].fetch("/api/v1/session", { method: "DELETE", token: ada.sessionToken });
    expect(await sockets.tab.closed).toBe(4401);
    expect(performance.now() - started).toBeLessThan(1000);
    await redis.start();
  });

  it("let a socket in once its subscriptions are in force, with what was said until then", async () => {
    site = await startTwoNodes(redis.url, newSiteId());
    const [one, two] = site.nodes;
    const { sessionToken: token } = await one.signIn("ada");
    await redis.cli("client", "pause", "700", "all");
    const socket = two.socket();
    socket.send({ t: "auth", token });
    // Time enough to let it in too early.
    for (let times = 0; times < 5; times++) await two.fetch("/readyz");
    await one.fetch("/api/v1/conversation/messages", { token, json: { id: randomUUID(), text: "Hello" } });
    expect(await socket.next("ready")).toMatchObject({ lastSeq: 1 });
  });

  it("are ready without it, and say how it is", async () => {
    site = await startTwoNodes(redis.url, newSiteId());
    const [one] = site.nodes;
    const ready = async () => {
      const response = await one.fetch("/readyz");
      return [response.status, await response.json()];
    };
    expect(await ready()).toEqual([200, { status: "ok", hints: "whole" }]);
    await redis.kill();
    await vi.waitFor(async () => expect(await ready()).toEqual([200, { status: "ok", hints: "cut" }]));
    const metrics = await (await one.fetch("/metrics")).text();
    expect(metrics).toContain('vouch_hints{health="cut"} 1');
    expect(metrics).toMatch(/vouch_hints_doubted_total [1-9]/);
    await redis.start();
  });
});
