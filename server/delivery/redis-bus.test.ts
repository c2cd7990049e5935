import { randomBytes } from "node:crypto";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ifLate } from "../../.ci/if-late.ts";
import { parseRedisUrl } from "../redis/addresses.ts";
import type { Link } from "../redis/link.ts";
import { createOpenLink } from "../redis/open-link.ts";
import {
  createRedisProcess,
  type RedisProcess,
  redisAnswers,
  redisCanBeStarted,
  redisUrl,
  skipsWithout,
  startRedisCluster,
} from "../redis/testing/redis-server.ts";
import type { BusHealth, ConversationEvent } from "./bus.ts";
import { busContract } from "./contract.suite.ts";
import { createRedisBus, type RedisBus } from "./redis-bus.ts";

const withoutRedis = skipsWithout("Redis 7 or newer", !(await redisAnswers()));
const withoutServers = skipsWithout("redis-server", !(await redisCanBeStarted()));

/** What a busy machine says seconds too late counts as the silence of a Redis that is lost, as it may once. */
const retry = ifLate;

const opened: RedisBus[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()));
});

interface Node extends RedisBus {
  readonly noticed: readonly BusHealth[];
}

const newPrefix = () => `vouch-test:${randomBytes(6).toString("hex")}:`;

/** A node's bus that has reached Redis. */
async function openBus(
  url: string,
  prefix: string,
  { failed = (_: unknown) => {}, wrap = (link: Link) => link } = {},
): Promise<Node> {
  const noticed: BusHealth[] = [];
  const open = createOpenLink(parseRedisUrl(url) ?? []);
  const bus = createRedisBus({
    open: async (...attempt) => wrap(await open(...attempt)),
    prefix,
    nodeId: randomBytes(9).toString("base64url"),
    random: Math.random,
    failed,
    noticed: (health) => noticed.push(health),
  });
  opened.push(bus);
  await bus.attempted;
  return Object.assign(bus, { noticed });
}

const message = (seq: number): ConversationEvent => ({
  kind: "message",
  conversationId: "c1",
  message: {
    id: `0199b7c1-0000-7000-8000-${String(seq).padStart(12, "0")}`,
    seq,
    author: { kind: "contact", name: "Ada" },
    text: `“${seq}” — Grüße 👋`,
    attachments: [],
    at: "2026-11-21T09:30:00.000Z",
    verified: true,
  },
});

/** What a node hears of a conversation, from the moment that this resolves. */
async function listen(bus: RedisBus, topic: "conversation:c1" | "conversations" = "conversation:c1") {
  const heard: ConversationEvent[] = [];
  bus.subscribe(topic, (event) => heard.push(event));
  await bus.settled();
  return heard;
}

function nodesContract(name: string, url: () => string): void {
  describe(`${name}: nodes`, () => {
    it("hear each other, in order and once, whoever listens where", async () => {
      const prefix = newPrefix();
      const [one, two] = [await openBus(url(), prefix), await openBus(url(), prefix)];
      const heard = await Promise.all([listen(one), listen(two), listen(two, "conversations")]);
      for (let seq = 1; seq <= 200; seq++) {
        one.publish("conversation:c1", message(seq));
        one.publish("conversations", message(seq));
      }
      const expected = Array.from({ length: 200 }, (_, index) => message(index + 1));
      await vi.waitFor(() => expect(heard[1]).toEqual(expected));
      await vi.waitFor(() => expect(heard[2]).toEqual(expected));
      two.publish("conversation:c1", message(201));
      await vi.waitFor(() => expect(heard[0]).toEqual([...expected, message(201)]));
      expect(heard[1]).toEqual([...expected, message(201)]);
    });

    it("miss nothing that is said after a subscription has settled", async () => {
      const prefix = newPrefix();
      const [one, two] = [await openBus(url(), prefix), await openBus(url(), prefix)];
      for (let round = 1; round <= 50; round++) {
        const topic = `conversation:r${round}` as const;
        const heard = vi.fn();
        const subscription = two.subscribe(topic, heard);
        await two.settled();
        one.publish(topic, message(round));
        await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce());
        subscription.end();
      }
    });

    it("subscribe anew where everyone had left, in the same turn", async () => {
      const prefix = newPrefix();
      const [one, two] = [await openBus(url(), prefix), await openBus(url(), prefix)];
      const heard = vi.fn();
      for (let turn = 0; turn < 5; turn++) two.subscribe("session:s1", heard).end();
      two.subscribe("session:s1", heard);
      await two.settled();
      one.publish("session:s1", { kind: "ended", sessionId: "s1" });
      await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce());
    });

    it("of another installation hear nothing", async () => {
      const prefix = newPrefix();
      const [one, other] = [await openBus(url(), prefix), await openBus(url(), newPrefix())];
      const stranger = await listen(other);
      const own = await listen(await openBus(url(), prefix));
      one.publish("conversation:c1", message(1));
      await vi.waitFor(() => expect(own).toHaveLength(1));
      expect(stranger).toEqual([]);
    });
  });
}

describe.skipIf(withoutRedis)("The bus through Redis", { retry }, () => {
  busContract("Redis", (report) => openBus(redisUrl, newPrefix(), { failed: report }));
  nodesContract("Redis", () => redisUrl);

  it("leaves out what it does not understand, and goes on", async () => {
    const prefix = newPrefix();
    const [one, two] = [await openBus(redisUrl, prefix), await openBus(redisUrl, prefix)];
    const heard = await listen(two);
    const client = await createClient({ url: redisUrl }).connect();
    for (const text of ["", "{", "null", '{"kind":"unheard of"}', '{"kind":"message","conversationId":"c1"}'])
      await client.sPublish(`${prefix}{conversation:c1}`, `AAAAAAAAAAAA${text}`);
    client.destroy();
    one.publish("conversation:c1", message(1));
    await vi.waitFor(() => expect(heard).toEqual([message(1)]));
  });
});

describe.skipIf(withoutServers)("The bus through a Redis that fails", { retry }, () => {
  let redis: RedisProcess;
  beforeAll(async () => {
    redis = await createRedisProcess();
  });
  // Whatever the test before, or a first attempt, did to it.
  beforeEach(async () => {
    await redis.kill();
    await redis.start();
  });
  afterAll(() => redis.remove());

  async function twoNodes() {
    const prefix = newPrefix();
    const [one, two] = [await openBus(redis.url, prefix), await openBus(redis.url, prefix)];
    await listen(one);
    const doubts = vi.fn();
    two.onDoubt(doubts);
    return { one, two, doubts, heard: await listen(two) };
  }

  it("says at once that hints are cut, delivers within the node, and comes back with a doubt", async () => {
    const { one, two, doubts, heard } = await twoNodes();
    const own = await listen(one);
    await redis.kill();
    await vi.waitFor(() => expect(two.health).toBe("cut"), { timeout: 1000 });
    expect(doubts).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(one.health).toBe("cut"));
    one.publish("conversation:c1", message(1));
    expect(own).toEqual([message(1)]);
    await two.settled();
    await redis.start();
    await vi.waitFor(() => expect([one.health, two.health]).toEqual(["whole", "whole"]));
    expect(doubts.mock.calls.length).toBeGreaterThanOrEqual(2);
    one.publish("conversation:c1", message(2));
    // What was said without Redis is not said again: the store has it.
    await vi.waitFor(() => expect(heard).toEqual([message(2)]));
    expect(two.noticed).toEqual(["whole", "cut", "whole"]);
  });

  it.each(["normal", "pubsub"])(
    "notices that its %s connections were killed, and makes all anew",
    async (type) => {
      const { one, two, doubts, heard } = await twoNodes();
      await redis.cli("client", "kill", "type", type);
      await vi.waitFor(() => expect(two.noticed).toEqual(["whole", "cut", "whole"]));
      await vi.waitFor(() => expect(one.health).toBe("whole"));
      expect(doubts).toHaveBeenCalled();
      one.publish("conversation:c1", message(1));
      await vi.waitFor(() => expect(heard).toEqual([message(1)]));
    },
  );

  it("notices within two seconds that Redis has fallen silent, though the connections stand", async () => {
    const { two } = await twoNodes();
    redis.signal("SIGSTOP");
    const since = performance.now();
    await vi.waitFor(() => expect(two.health).toBe("cut"), { timeout: 3000 });
    expect(performance.now() - since).toBeLessThan(2000);
    redis.signal("SIGCONT");
    await vi.waitFor(() => expect(two.health).toBe("whole"));
  });

  it("doubts when another node lost its link for a moment: what that said may be lost", async () => {
    const prefix = newPrefix();
    const one = await openBus(redis.url, prefix);
    let cut = () => {};
    const other = await openBus(redis.url, prefix, {
      wrap(link) {
        cut = link.close;
        return link;
      },
    });
    await vi.waitFor(() => expect(other.health).toBe("whole"));
    const doubts = vi.fn();
    one.onDoubt(doubts);
    cut();
    await vi.waitFor(() => expect(doubts).toHaveBeenCalled());
    await vi.waitFor(() => expect(other.noticed).toEqual(["whole", "cut", "whole"]));
    expect(one.noticed).toEqual(["whole"]);
  });

  it("is let in with its password, and reaches a Redis that comes later", async () => {
    const guarded = await createRedisProcess(["--requirepass", "p@ss word"]);
    const prefix = newPrefix();
    const url = (password: string) => guarded.url.replace("//", `//:${encodeURIComponent(password)}@`);
    const [one, two] = [await openBus(url("p@ss word"), prefix), await openBus(url("p@ss word"), prefix)];
    expect([one.health, two.health]).toEqual(["cut", "cut"]);
    await guarded.start();
    await vi.waitFor(() => expect([one.health, two.health]).toEqual(["whole", "whole"]));
    const stranger = await openBus(url("guessed"), prefix);
    expect(stranger.health).toBe("cut");
    const heard = await listen(two);
    one.publish("conversation:c1", message(1));
    await vi.waitFor(() => expect(heard).toEqual([message(1)]));
    await guarded.remove();
  });

  it("doubts as long as another node can't be heard, which may reach the store all the same", async () => {
    const prefix = newPrefix();
    let mute = false;
    const one = await openBus(redis.url, prefix);
    const other = await openBus(redis.url, prefix, {
      wrap: (link) => ({ ...link, publish: (...said) => mute || link.publish(...said) }),
    });
    const leaving = await openBus(redis.url, prefix);
    const doubts = vi.fn();
    await vi.waitFor(() => expect([one.health, other.health]).toEqual(["whole", "whole"]));
    mute = true;
    // Who takes leave is not waited for: it would be missing below, when the mute one is heard again.
    await leaving.close();
    one.onDoubt(() => doubts(one.health));
    await vi.waitFor(() => expect(doubts).toHaveBeenCalledWith("partial"));
    mute = false;
    await vi.waitFor(() => expect(doubts).toHaveBeenLastCalledWith("whole"));
  });
});

describe.skipIf(withoutServers)("The bus through a cluster", { retry }, () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster?.remove());

  busContract("Redis Cluster", (report) => openBus(cluster.url, newPrefix(), { failed: report }));
  nodesContract("Redis Cluster", () => cluster.url);

  it("is found from one of its addresses, and spreads what all agents hear over its servers", async () => {
    const [first = ""] = cluster.url.split(",");
    const prefix = newPrefix();
    const bus = await openBus(first, prefix);
    await listen(bus, "conversations");
    const carried = await Promise.all(
      cluster.servers.map(async ({ cli }) =>
        (await cli("pubsub", "shardchannels", `${prefix}*`)).split("\n"),
      ),
    );
    const ofAgents = carried.map((names) => names.filter((name) => name.includes("conversations")).length);
    expect(ofAgents.every((count) => count > 0)).toBe(true);
    expect(ofAgents.reduce((sum, count) => sum + count)).toBe(16);
  });

  it("runs scripts on several keys, which stand together by their group", async () => {
    const bus = await openBus(cluster.url, newPrefix());
    const set = "for i, key in ipairs(KEYS) do redis.call('SET', key, ARGV[i], 'PX', 60000) end return #KEYS";
    for (const group of ["a", "b", "c", "d"]) expect(await bus.run(set, group, ["x", "y"], [1, "2"])).toBe(2);
    expect(await bus.run("return redis.call('GET', KEYS[1])", "c", ["y"], [])).toBe("2");
  });

  it("doubts when one of its servers is lost, and is whole again after its return", async () => {
    const prefix = newPrefix();
    const [one, two] = [await openBus(cluster.url, prefix), await openBus(cluster.url, prefix)];
    const [, server] = cluster.servers;
    const heard = await listen(two, "conversations");
    await server?.kill();
    await vi.waitFor(() => expect([one.health, two.health]).toEqual(["cut", "cut"]));
    await server?.start();
    await vi.waitFor(() => expect([one.health, two.health]).toEqual(["whole", "whole"]), { timeout: 30_000 });
    for (let seq = 1; seq <= 20; seq++)
      one.publish("conversations", { ...message(seq), conversationId: `c${seq}` });
    await vi.waitFor(() => expect(heard).toHaveLength(20));
  }, 90_000);
});
