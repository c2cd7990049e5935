import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { agentToken, startTestServer, type TestServer } from "../edge/testing/test-server.ts";
import type { Store } from "../store/store.ts";

let server: TestServer;
let reached: boolean;
beforeEach(async () => {
  reached = true;
  server = await startTestServer({
    limits: { messagesPerSecond: 10_000, messageBurst: 10_000 },
    wrapStore: (store: Store) => ({
      ...store,
      ping: () => (reached ? store.ping() : Promise.reject(new Error("The database is gone."))),
    }),
  });
});
afterEach(() => server.close());

/** @param series its name, with its labels as they are written; 0 where there is none yet */
async function metric(series: string): Promise<number> {
  const lines = (await (await server.fetch("/metrics")).text()).split("\n");
  return Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length) ?? 0);
}

const message = (text: string) => ({ id: randomUUID(), text });

test("messages are counted by author, whichever way they come, and each with its time to be durable", async () => {
  const { sessionToken: token, conversation } = await server.signIn("ada");
  const socket = await server.live(token);
  socket.send({ t: "send", ...message("by socket") });
  await socket.next("ack");
  await server.fetch("/api/v1/conversation/messages", { token, json: message("by request") });
  await server.fetch("/api/v1/events", { token, json: { frames: [{ t: "send", ...message("by event") }] } });
  const path = `/api/v1/agent/conversations/${conversation.id}/messages`;
  await server.fetch(path, { token: agentToken, json: message("by an agent") });
  expect(await metric('vouch_messages_total{author="contact"}')).toBe(3);
  expect(await metric('vouch_messages_total{author="agent"}')).toBe(1);
  expect(await metric("vouch_message_ack_seconds_count")).toBe(4);
  const seconds = await metric("vouch_message_ack_seconds_sum");
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(60);
});

test("what is refused is counted by its code", async () => {
  const { sessionToken: token } = await server.signIn("ada");
  const socket = await server.live(token);
  socket.send({ t: "send", ...message(" ") });
  await socket.next("refused");
  await server.fetch("/api/v1/conversation/messages", { token, json: message(" ") });
  expect(await metric('vouch_messages_refused_total{code="message_empty"}')).toBe(2);
  const json = { deploymentId: "acme-web", identity: { type: "contactJwt", token: "none" } };
  const refused = await server.fetch("/api/v1/sessions", { json });
  const { code } = (await refused.json()) as { code: string };
  expect(await metric(`vouch_sessions_refused_total{code="${code}"}`)).toBe(1);
});

test("bytes that wait for slow readers are told, and forgotten with the reader", async () => {
  const { sessionToken } = await server.signIn("ada");
  const slow = connect(Number(new URL(server.url).port), "127.0.0.1");
  onTestFinished(() => void slow.destroy());
  slow.write(`GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${sessionToken}\r\n\r\n`);
  await once(slow, "data");
  slow.pause();
  const writer = await server.live(sessionToken);
  const text = "x".repeat(4000);
  for (let n = 0; n < 2000; n++) writer.send({ t: "send", ...message(text) });
  for (let n = 0; n < 2000; n++) await writer.next("ack");
  expect(await metric("vouch_socket_queue_bytes")).toBeGreaterThan(60_000);
  slow.resetAndDestroy();
  writer.close();
  await expect.poll(() => metric("vouch_socket_queue_bytes")).toBe(0);
});

test("a node whose store does not answer is not ready, and is again once it does", async () => {
  const ready = async () => (await server.fetch("/readyz")).status;
  expect(await ready()).toBe(200);
  reached = false;
  expect(await ready()).toBe(503);
  expect((await server.fetch("/healthz")).status).toBe(200);
  reached = true;
  expect(await ready()).toBe(200);
});
