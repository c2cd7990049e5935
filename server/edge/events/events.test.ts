import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OpenedSession } from "../../../shared/protocol.ts";
import type { Store } from "../../store/store.ts";
import { agentToken, startTestServer, type TestServer } from "../testing/test-server.ts";
import { openTestStream, type TestStream } from "../testing/test-stream.ts";

let now: number;
let server: TestServer;
let ada: OpenedSession;
let streams: TestStream[];

beforeEach(async () => {
  now = Date.now();
  server = await startTestServer({ clock: { now: () => now } });
  ada = await server.signIn("ada");
  streams = [];
});
afterEach(async () => {
  for (const stream of streams) stream.stop();
  await server.close();
});

async function open(query: Readonly<Record<string, string | number>> = {}): Promise<TestStream> {
  const stream = await openTestStream(server, ada.sessionToken, query);
  streams.push(stream);
  return stream;
}

const post = (frames: readonly object[]): Promise<Response> =>
  server.fetch("/api/v1/events", { token: ada.sessionToken, json: { frames } });

const answers = async (frames: readonly object[]): Promise<object[]> =>
  ((await (await post(frames)).json()) as { frames: object[] }).frames;

const send = (text: string) => ({ t: "send", id: randomUUID(), text });

async function agentSays(text: string): Promise<void> {
  const path = `/api/v1/agent/conversations/${ada.conversation.id}/messages`;
  const response = await server.fetch(path, { token: agentToken, json: { id: randomUUID(), text } });
  expect(response.status).toBe(201);
}

/** A long poll as a client makes it that knows how things stand. */
const known = { poll: "true", readSeq: 0, agentDelivered: 0, agentRead: 0 };

describe("an event stream", () => {
  test("begins as a socket does, goes on with what happens, and takes frames by POST", async () => {
    const stream = await open();
    expect(stream.response.headers.get("content-type")).toContain("text/event-stream");
    expect(await stream.next("ready")).toMatchObject({ conversationId: ada.conversation.id, lastSeq: 0 });
    const hello = send("Hello");
    expect(await answers([{ t: "typing", on: true }, hello, { t: "ping" }])).toEqual([
      { t: "pong" },
      { t: "ack", id: hello.id, seq: 1, at: expect.any(String) },
    ]);
    await agentSays("Hi");
    expect(await stream.next("message")).toMatchObject({ message: { seq: 1, id: hello.id } });
    expect(await stream.next("message")).toMatchObject({ message: { seq: 2, text: "Hi" } });
  });

  test("resumes after the last message that the client has", async () => {
    for (const text of ["one", "two", "three"]) await agentSays(text);
    const stream = await open({ afterSeq: 1 });
    expect(await stream.next("message")).toMatchObject({ message: { seq: 2 } });
    expect(await stream.next("message")).toMatchObject({ message: { seq: 3 } });
  });

  test("gives whoever takes it a history that is many times its queue, and closes nobody for that", async () => {
    await server.close();
    const limits = { socketQueueBytes: 65_536, messagesPerSecond: 100_000, messageBurst: 100_000 };
    server = await startTestServer({ limits });
    ada = await server.signIn("ada");
    const count = 200;
    const writer = await server.live(ada.sessionToken);
    for (let n = 0; n < count; n++) writer.send(send("x".repeat(4000)));
    for (let n = 0; n < count; n++) await writer.next("ack");
    const stream = await open({ afterSeq: 0 });
    for (let seq = 1; seq <= count; seq++)
      expect(await stream.next("message")).toMatchObject({ message: { seq } });
  });

  test("sends nothing of what was missed where that is more than asked for, and everything new", async () => {
    for (const text of ["one", "two", "three"]) await agentSays(text);
    const stream = await open({ afterSeq: 0, atMost: 2 });
    expect(await stream.next("ready")).toMatchObject({ lastSeq: 3 });
    await agentSays("four");
    expect(await stream.next("message")).toMatchObject({ message: { seq: 4 } });
  });

  test("ends with code and reason when the session does, and lets nobody in after that", async () => {
    const stream = await open();
    await stream.next("ready");
    await server.fetch("/api/v1/session", { method: "DELETE", token: ada.sessionToken });
    expect(await stream.closed).toEqual({ code: 4401, reason: "session_revoked" });
    expect(stream.frames.at(-1)).toMatchObject({ t: "session", state: "revoked" });
    const late = await open();
    expect(late.response.status).toBe(401);
    expect((await post([send("Too late")])).status).toBe(401);
  });

  test("says something now and then, so that nobody in between takes it for dead", async () => {
    const stream = await open();
    await stream.next("ready");
    const before = stream.comments();
    now += 4000;
    server.sweep();
    await expect.poll(() => stream.comments()).toBe(before + 1);
  });

  test("sends its reader away when the server stops, to come back to another", async () => {
    const stream = await open();
    await stream.next("ready");
    await server.close();
    expect(stream.frames.at(-1)).toMatchObject({ t: "draining", reconnectInMs: expect.any(Number) });
    expect(await stream.closed).toEqual({ code: 1012, reason: "unavailable" });
  });

  test("is left by whoever goes: nothing of it stays", async () => {
    const stream = await open();
    await stream.next("ready");
    expect(await metric()).toBe(1);
    stream.stop();
    await expect.poll(metric).toBe(0);
  });

  test("is none for whoever went before it was known who that is", async () => {
    await server.close();
    const held = createHold();
    server = await startTestServer({ clock: { now: () => now }, wrapStore: held.wrapStore });
    ada = await server.signIn("ada");
    const asked = held.next();
    const peer = connect(Number(new URL(server.url).port), "127.0.0.1");
    peer.write(`GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ada.sessionToken}\r\n\r\n`);
    await asked;
    peer.resetAndDestroy();
    // The server has heard of it, as it is ready to hear of somebody who came later.
    await (await server.fetch("/healthz")).text();
    held.answer();
    await expect.poll(metric).toBe(0);
  });

  test("is replaced as sockets are, when one session has too many", async () => {
    const first = await open();
    await first.next("ready");
    for (let count = 0; count < 20; count++) await open();
    expect(await first.closed).toEqual({ code: 4409, reason: "replaced" });
  });

  test("of a reader that takes nothing is fed no further, ended, and then cut", {
    timeout: 60_000,
  }, async () => {
    await server.close();
    const limits = { socketQueueBytes: 65_536, messagesPerSecond: 100_000, messageBurst: 100_000 };
    server = await startTestServer({ clock: { now: () => now }, limits });
    ada = await server.signIn("ada");
    const peer = connect(Number(new URL(server.url).port), "127.0.0.1");
    peer.write(`GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ada.sessionToken}\r\n\r\n`);
    await once(peer, "data");
    peer.pause();
    const writer = await server.live(ada.sessionToken);
    const count = 2000;
    const sent = "x".repeat(4000);
    for (let n = 0; n < count; n++) writer.send(send(sent));
    for (let n = 0; n < count; n++) await writer.next("ack");
    for (const ms of [9000, 5000]) {
      now += ms;
      server.sweep();
    }
    let received = 0;
    peer.on("data", (chunk) => {
      received += chunk.length;
    });
    peer.resume();
    await once(peer, "close");
    expect(received).toBeLessThan(count * sent.length);
    await expect.poll(metric).toBe(0);
  });

  test("refuses frames that are none, and more than may come at once", async () => {
    expect((await post([{ t: "auth", token: "x" }])).status).toBe(400);
    expect((await post([{ t: "read", seq: -1 }])).status).toBe(400);
    expect((await post(Array.from({ length: 21 }, () => ({ t: "ping" })))).status).toBe(400);
  });

  test("refuses a message for itself, and goes on with the next", async () => {
    const [empty, good] = [send(" "), send("good")];
    const told = await answers([empty, good]);
    expect(told).toContainEqual(
      expect.objectContaining({ t: "refused", id: empty.id, code: "message_empty" }),
    );
    expect(told).toContainEqual(expect.objectContaining({ t: "ack", id: good.id, seq: 1 }));
  });

  test("is bounded in frames as a socket is, over all ways together", async () => {
    let refused: Response | undefined;
    for (let count = 0; count < 20 && !refused; count++) {
      const response = await post(Array.from({ length: 20 }, () => ({ t: "ping" })));
      if (response.status === 429) refused = response;
    }
    expect(await refused?.json()).toMatchObject({ code: "rate_limited" });
    expect((await open()).response.status).toBe(429);
  });
});

describe("a long poll", () => {
  test("of who knows nothing is answered at once with how things stand", async () => {
    const poll = await open({ poll: "true" });
    expect(await poll.closed).toBeNull();
    expect(poll.frames.map(({ t }) => t)).toEqual(["ready", "state", "presence"]);
  });

  test("waits for news and ends with it", async () => {
    const poll = await open({ ...known, afterSeq: 0 });
    await poll.next("ready");
    await agentSays("Hi");
    expect(await poll.next("message")).toMatchObject({ message: { seq: 1 } });
    expect(await poll.closed).toBeNull();
  });

  test("is answered with what was missed in between", async () => {
    await agentSays("Hi");
    const poll = await open({ ...known, afterSeq: 0 });
    expect(await poll.next("message")).toMatchObject({ message: { seq: 1 } });
    expect(await poll.closed).toBeNull();
  });

  test("is answered at once where positions have moved in between", async () => {
    await answers([send("Hello")]);
    await server.fetch(`/api/v1/agent/conversations/${ada.conversation.id}/read`, {
      token: agentToken,
      json: { seq: 1 },
    });
    const poll = await open({ ...known, afterSeq: 1 });
    expect(await poll.closed).toBeNull();
    expect(poll.frames[0]).toMatchObject({ t: "ready", agent: { read: 1 } });
  });

  test("without news ends after a while, before a proxy ends it", async () => {
    const poll = await open({ ...known, afterSeq: 0 });
    await poll.next("ready");
    now += 25_000;
    server.sweep();
    expect(await poll.closed).toBeNull();
  });

  test("asked again and again does not keep a session alive that nobody uses", async () => {
    const { absoluteExpiresAt, expiresAt } = ada;
    expect(expiresAt < absoluteExpiresAt).toBe(true);
    while (now + 600_000 < Date.parse(expiresAt)) {
      now += 600_000;
      const poll = await open({ ...known, afterSeq: 0 });
      await poll.next("ready");
      poll.stop();
    }
    now = Date.parse(expiresAt);
    expect((await open({ ...known, afterSeq: 0 })).response.status).toBe(401);
  });

  test("does not end for being told again that the session expires", async () => {
    now = Date.parse(ada.expiresAt) - 30_000;
    const poll = await open({ ...known, afterSeq: 0 });
    await poll.next("ready");
    server.sweep();
    await agentSays("Hi");
    await poll.closed;
    expect(poll.frames.map(({ t }) => t).slice(-2)).toEqual(["session", "message"]);
  });
});

/** Holds back an answer of the store: whose session a token is of. */
function createHold() {
  let told = (): void => {};
  let answer = (): void => {};
  let held: Promise<void> | null = null;
  return {
    wrapStore: (store: Store): Store => ({
      ...store,
      async findSession(tokenHash) {
        const waiting = held;
        held = null;
        if (waiting) told();
        await waiting;
        return await store.findSession(tokenHash);
      },
    }),
    /** Settles once it has been asked for. */
    next: () =>
      new Promise<void>((resolve) => {
        told = resolve;
        held = new Promise((done) => {
          answer = done;
        });
      }),
    answer: () => answer(),
  };
}

/** Streams open now, as the server counts them. */
async function metric(): Promise<number> {
  const text = await (await server.fetch("/metrics")).text();
  return Number(/vouch_sockets\{kind="stream"\} (\d+)/.exec(text)?.[1]);
}
