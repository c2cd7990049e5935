import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { redisAnswers, redisUrl, skipsWithout } from "../../redis/testing/redis-server.ts";
import { startTwoNodes, type TestNodes } from "../testing/nodes.ts";
import { openTestStream, type TestStream } from "../testing/test-stream.ts";

let site: TestNodes;
let streams: TestStream[] = [];
afterEach(async () => {
  for (const stream of streams) stream.stop();
  streams = [];
  await site.close();
});

describe.skipIf(skipsWithout("Redis 7 or newer", !(await redisAnswers())))("Over HTTP, two nodes", () => {
  it("serve one customer: the stream of one, frames by the other, polls by both in turns", async () => {
    site = await startTwoNodes(redisUrl, Math.floor(Math.random() * 1e12));
    const [one, two] = site.nodes;
    const { sessionToken } = await one.signIn("ada");
    const stream = await openTestStream(one, sessionToken);
    streams.push(stream);
    await stream.next("ready");
    for (let seq = 1; seq <= 4; seq++) {
      const id = randomUUID();
      const frames = [{ t: "send", id, text: `Number ${seq}` }];
      const response = await two.fetch("/api/v1/events", { token: sessionToken, json: { frames } });
      expect(await response.json()).toMatchObject({ frames: [{ t: "ack", id, seq }] });
      expect(await stream.next("message")).toMatchObject({ message: { seq, id } });
      const node = seq % 2 ? one : two;
      const known = { poll: "true", afterSeq: seq - 1, readSeq: 0, agentDelivered: 0, agentRead: 0 };
      const poll = await openTestStream(node, sessionToken, known);
      streams.push(poll);
      expect(await poll.next("message")).toMatchObject({ message: { seq, id } });
      expect(await poll.closed).toBeNull();
    }
    await two.fetch("/api/v1/session", { method: "DELETE", token: sessionToken });
    expect(await stream.closed).toEqual({ code: 4401, reason: "session_revoked" });
  });
});
