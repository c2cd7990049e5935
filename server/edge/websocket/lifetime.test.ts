import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { adminToken, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
afterEach(() => server.close());

const logout = (sessionToken: string, everywhere = false) =>
  server.fetch(`/api/v1/session${everywhere ? "?everywhere=true" : ""}`, {
    method: "DELETE",
    token: sessionToken,
  });

function handClock() {
  const clock = { at: Date.now(), now: () => clock.at };
  return clock;
}

describe("the end of a session", () => {
  test("closes every tab at once, and says why", async () => {
    server = await startTestServer();
    const { sessionToken } = await server.signIn("ada");
    const tabs = await Promise.all([server.live(sessionToken), server.live(sessionToken)]);
    const told = tabs.map((tab) => tab.next("session"));
    await logout(sessionToken);
    for (const frame of await Promise.all(told)) expect(frame).toMatchObject({ state: "revoked" });
    expect(await Promise.all(tabs.map(({ closed }) => closed))).toEqual([4401, 4401]);
  });

  test("everywhere closes the sockets of the other devices, and of nobody else", async () => {
    server = await startTestServer();
    const [here, there, bob] = [
      await server.signIn("ada"),
      await server.signIn("ada"),
      await server.signIn("bob"),
    ];
    const device = await server.live(there.sessionToken);
    const other = await server.live(bob.sessionToken);
    await logout(here.sessionToken, true);
    expect(await device.closed).toBe(4401);
    other.send({ t: "ping" });
    await other.next("pong");
  });

  test("lets nothing more in: a message that follows is not stored", async () => {
    server = await startTestServer();
    const { sessionToken, conversation } = await server.signIn("ada");
    const socket = await server.live(sessionToken);
    const ended = logout(sessionToken);
    socket.send({ t: "send", id: randomUUID(), text: "after" });
    await ended;
    socket.send({ t: "send", id: randomUUID(), text: "after" });
    expect(await socket.closed).toBe(4401);
    const acknowledged = socket.frames.filter(({ t }) => t === "ack").length;
    const { lastSeq } = await server.store.messages(conversation.id, { limit: 1 });
    expect(lastSeq).toBe(acknowledged);
  });

  test("leaves no socket behind, however connecting and logging out interleave", async () => {
    server = await startTestServer();
    const rounds = Array.from({ length: 300 }, (_, n) => n);
    const outcomes = await Promise.all(
      rounds.map(async (n) => {
        const { sessionToken } = await server.signIn(`racer-${n}`);
        const socket = server.socket();
        socket.send({ t: "auth", token: sessionToken });
        if (n % 3 === 0) await once(socket.raw, "open");
        if (n % 3 === 1) await socket.next("ready").catch(() => null);
        await logout(sessionToken);
        return socket.closed;
      }),
    );
    expect(new Set(outcomes)).toEqual(new Set([4401]));
  });
});

describe("expiry", () => {
  test("is announced once before it comes, and closes the socket when it does", async () => {
    const clock = handClock();
    server = await startTestServer({ clock });
    const { sessionToken, expiresAt } = await server.signIn("ada");
    const socket = await server.live(sessionToken);
    clock.at += (1800 - 61) * 1000;
    server.sweep();
    expect(socket.frames.filter(({ t }) => t === "session")).toEqual([]);
    clock.at += 2000;
    socket.raw.ping();
    await once(socket.raw, "pong");
    server.sweep();
    server.sweep();
    const announced = await socket.next("session");
    expect(announced).toMatchObject({ state: "expiring" });
    expect(Date.parse(String(announced.expiresAt))).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    clock.at += 61_000;
    server.sweep();
    expect(await socket.next("session")).toMatchObject({ state: "expired" });
    expect(await socket.closed).toBe(4401);
  });

  test("moves with everything the customer does, here or over HTTP; a ping is not the customer", async () => {
    const clock = handClock();
    server = await startTestServer({ clock });
    const { sessionToken } = await server.signIn("ada");
    const socket = await server.live(sessionToken);
    const alive = async () => {
      socket.send({ t: "ping" });
      await socket.next("pong");
    };
    for (const act of [
      () => socket.send({ t: "read", seq: 0 }),
      () => server.fetch("/api/v1/conversation/messages", { token: sessionToken }),
    ]) {
      clock.at += 1500_000;
      await act();
      await alive();
      server.sweep();
      await alive();
    }
    clock.at += 1800_000;
    await alive();
    server.sweep();
    expect(await socket.closed).toBe(4401);
  });

  test("is put off by a renewal over HTTP while the socket stays", async () => {
    const clock = handClock();
    server = await startTestServer({ clock });
    const { sessionToken } = await server.signIn("ada");
    const socket = await server.live(sessionToken);
    clock.at += 1700_000;
    const renewed = await server.fetch("/api/v1/session/renew", {
      token: sessionToken,
      json: { identity: { type: "contactJwt", token: await server.token("ada") } },
    });
    expect(renewed.status).toBe(200);
    clock.at += 1700_000;
    socket.send({ t: "ping" });
    await socket.next("pong");
    server.sweep();
    socket.send({ t: "ping" });
    await socket.next("pong");
  });
});

describe("the pulse", () => {
  /** A peer that shakes hands and then answers nothing, not even pings. */
  async function deadPeer(sessionToken: string) {
    const peer = connect(Number(new URL(server.url).port), "127.0.0.1");
    const key = Buffer.from("0123456789abcdef").toString("base64");
    peer.write(
      `GET /api/v1/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    await once(peer, "data");
    const payload = Buffer.from(JSON.stringify({ t: "auth", token: sessionToken }));
    peer.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
    await once(peer, "data");
    return { peer, closed: once(peer, "close") };
  }

  test("of a dead peer is missed within 20 seconds; one that answers pings lives", async () => {
    const clock = handClock();
    server = await startTestServer({ clock });
    const { sessionToken } = await server.visit();
    const quiet = await server.live(sessionToken);
    const { peer, closed } = await deadPeer(sessionToken);
    peer.resume();
    for (let seconds = 0; seconds < 20; seconds++) {
      clock.at += 1000;
      server.sweep();
      // Gives pings and pongs the time to travel.
      quiet.raw.ping();
      await once(quiet.raw, "pong");
    }
    await closed;
    quiet.send({ t: "ping" });
    await quiet.next("pong");
  });
});

test("a peer that does not read is fed no further, and sent away to come back if it stays so", async () => {
  const clock = handClock();
  const limits = { socketQueueBytes: 65_536, messagesPerSecond: 100_000, messageBurst: 100_000 };
  server = await startTestServer({ clock, limits });
  const { sessionToken } = await server.visit();
  const reader = await server.live(sessionToken);
  reader.raw.pause();
  const writer = await server.live(sessionToken);
  const count = 2000;
  const text = "x".repeat(4000);
  for (let n = 0; n < count; n++) writer.send({ t: "send", id: randomUUID(), text });
  for (let n = 0; n < count; n++) await writer.next("ack");
  // What the kernel's buffers took does not count; what they did not take did not pile up here.
  expect(reader.frames.length).toBeLessThan(count);
  clock.at += 9000;
  server.sweep();
  reader.raw.resume();
  expect(await reader.closed).toBe(1013);
  const seqs = reader.frames
    .filter(({ t }) => t === "message")
    .map(({ message }) => (message as { seq: number }).seq);
  expect(seqs).toEqual(seqs.map((_, n) => n + 1));
  expect(seqs.length).toBeLessThan(count);
  const resumed = server.socket();
  resumed.send({ t: "auth", token: sessionToken, afterSeq: seqs.length });
  for (let n = seqs.length + 1; n <= count; n++)
    expect(((await resumed.next("message")).message as { seq: number }).seq).toBe(n);
});

test("the twenty-first socket of a session closes the oldest with 4409", async () => {
  server = await startTestServer();
  const { sessionToken } = await server.visit();
  const first = await server.live(sessionToken);
  for (let n = 2; n <= 20; n++) await server.live(sessionToken);
  first.send({ t: "ping" });
  await first.next("pong");
  const last = await server.live(sessionToken);
  expect(await first.closed).toBe(4409);
  last.send({ t: "ping" });
  await last.next("pong");
});

describe("a flood", () => {
  // By a clock that stands: a slow machine would earn new allowances while it floods.
  test("of messages is refused beyond the burst, then closed with 4429", async () => {
    server = await startTestServer({ clock: handClock() });
    const { sessionToken } = await server.visit();
    const socket = await server.live(sessionToken);
    for (let n = 0; n < 500; n++) socket.send({ t: "send", id: randomUUID(), text: "x" });
    expect(await socket.closed).toBe(4429);
    const { lastSeq } = await server.store.messages(String(socket.frames[0]?.conversationId), { limit: 1 });
    expect(lastSeq).toBeGreaterThanOrEqual(20);
    expect(lastSeq).toBeLessThan(40);
    expect(socket.frames.find(({ t }) => t === "refused")).toMatchObject({
      code: "rate_limited",
      retryAfterMs: expect.any(Number),
    });
  });

  test.each(["typing", "ping"])("of %s is closed with 4429", async (t) => {
    server = await startTestServer({ clock: handClock() });
    const socket = await server.live((await server.visit()).sessionToken);
    for (let n = 0; n < 500; n++) socket.send({ t, on: n % 2 === 0 });
    expect(await socket.closed).toBe(4429);
  });

  test.each(["typing", "ping"])(
    "of %s of an agent is closed with 4429, and another agent goes on",
    async (t) => {
      server = await startTestServer({ clock: handClock() });
      const agents = [1, 2].map(() => server.socket("/api/v1/agent/socket"));
      for (const agent of agents) agent.send({ t: "auth", token: adminToken });
      await Promise.all(agents.map((agent) => agent.next("ready")));
      const [flooding, quiet] = agents;
      const { conversation } = await server.visit();
      for (let n = 0; n < 500; n++) flooding?.send({ t, conversationId: conversation.id, on: n % 2 === 0 });
      expect(await flooding?.closed).toBe(4429);
      quiet?.send({ t: "ping" });
      await quiet?.next("pong");
    },
  );

  test("of protocol pings is closed with 4429", async () => {
    server = await startTestServer({ clock: handClock() });
    const socket = await server.live((await server.visit()).sessionToken);
    // One at a time: a peer that lets too many pongs wait is cut off by the library already.
    socket.raw.on("pong", () => socket.raw.ping());
    socket.raw.ping();
    expect(await socket.closed).toBe(4429);
  });
});

test("stopping sends everyone away to come back, finishes, and is done once", async () => {
  server = await startTestServer();
  const { sessionToken } = await server.visit();
  const socket = await server.live(sessionToken);
  const stranger = server.socket();
  await once(stranger.raw, "open");
  const closing = server.close();
  const { reconnectInMs } = await socket.next("draining");
  expect(reconnectInMs).toBeGreaterThanOrEqual(0);
  expect(reconnectInMs).toBeLessThan(1000);
  expect(await Promise.all([socket.closed, stranger.closed])).toEqual([1012, 1012]);
  await Promise.all([closing, server.close()]);
  await expect(fetch(server.url)).rejects.toThrow();
});
