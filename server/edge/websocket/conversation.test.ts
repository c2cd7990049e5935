import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminToken, startTestServer, type TestServer } from "../testing/test-server.ts";
import type { Frame, TestSocket } from "../testing/test-socket.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ limits: { messagesPerSecond: 1000, messageBurst: 1000 } });
});
afterAll(() => server.close());

async function agentSocket(): Promise<TestSocket> {
  const socket = server.socket("/api/v1/agent/socket");
  socket.send({ t: "auth", token: adminToken, delivered: true });
  await socket.next("ready");
  return socket;
}

const messageOf = (frame: Frame) =>
  frame.message as { seq: number; text: string; author: object; verified: boolean };

async function sendAndWait(socket: TestSocket, text: string, id: string = randomUUID()): Promise<Frame> {
  socket.send({ t: "send", id, text });
  return socket.next("ack");
}

/** Resolves with the first frames that are messages. */
async function messages(socket: TestSocket, count: number): Promise<ReturnType<typeof messageOf>[]> {
  const found: ReturnType<typeof messageOf>[] = [];
  while (found.length < count) found.push(messageOf(await socket.next("message")));
  return found;
}

test("a message is acknowledged to its writer and shown to every tab and every agent, once, in order", async () => {
  const { sessionToken, conversation } = await server.signIn("ada");
  const [tab, otherTab, agent] = await Promise.all([
    server.live(sessionToken),
    server.live(sessionToken),
    agentSocket(),
  ]);
  const ids = Array.from({ length: 5 }, () => randomUUID());
  for (const [n, id] of ids.entries()) tab.send({ t: "send", id, text: `text ${n}` });
  for (const socket of [otherTab, agent, tab]) {
    const shown = await messages(socket, 5);
    expect(shown.map(({ seq, text }) => [seq, text])).toEqual(ids.map((_, n) => [n + 1, `text ${n}`]));
    expect(shown[0]).toMatchObject({ author: { kind: "contact", name: "Ada" }, verified: true });
  }
  const acks = tab.frames.filter(({ t }) => t === "ack");
  expect(acks.map(({ id, seq }) => [id, seq])).toEqual(ids.map((id, n) => [id, n + 1]));
  expect(agent.frames.find(({ t }) => t === "message")?.conversationId).toBe(conversation.id);
});

test("repeating a message repeats the acknowledgement and shows nothing twice; another text is refused", async () => {
  const { sessionToken } = await server.signIn("repeat");
  const socket = await server.live(sessionToken);
  const id = randomUUID();
  const first = await sendAndWait(socket, "once", id);
  expect(await sendAndWait(socket, "once", id)).toEqual(first);
  socket.send({ t: "send", id, text: "twice" });
  expect(await socket.next("refused")).toMatchObject({ id, code: "message_conflict" });
  await sendAndWait(socket, "next");
  expect(socket.frames.filter(({ t }) => t === "message").map((frame) => messageOf(frame).text)).toEqual([
    "once",
    "next",
  ]);
});

test("a message that can't be taken is refused by code, and the socket lives on", async () => {
  const { sessionToken } = await server.signIn("refused");
  const socket = await server.live(sessionToken);
  for (const [frame, code] of [
    [{ id: randomUUID(), text: "  \u200b " }, "message_empty"],
    [{ id: randomUUID(), text: "x".repeat(4001) }, "message_too_long"],
    [{ id: "not-a-uuid", text: "x" }, "request_invalid"],
    [{ id: randomUUID(), text: "x", attachments: ["a"] }, "attachment_refused"],
  ] as const) {
    socket.send({ t: "send", ...frame });
    expect(await socket.next("refused")).toMatchObject({ id: frame.id, code, detail: expect.any(String) });
  }
  await sendAndWait(socket, "still here");
});

test("a socket that comes back gets everything after its position, then what is live, without gap or repetition", async () => {
  const { sessionToken } = await server.signIn("resume");
  const writer = await server.live(sessionToken);
  for (let n = 1; n <= 250; n++) writer.send({ t: "send", id: randomUUID(), text: String(n) });
  await messages(writer, 250);
  const reader = server.socket();
  reader.send({ t: "auth", token: sessionToken, afterSeq: 7 });
  for (let n = 251; n <= 300; n++) writer.send({ t: "send", id: randomUUID(), text: String(n) });
  const shown = await messages(reader, 293);
  expect(shown.map(({ seq }) => seq)).toEqual(Array.from({ length: 293 }, (_, n) => n + 8));
});

test.each([undefined, 1_000_000])(
  "a socket with the position %s gets what is live alone",
  async (afterSeq) => {
    const { sessionToken } = await server.signIn(`live-${afterSeq}`);
    await sendAndWait(await server.live(sessionToken), "before");
    const socket = await server.live(sessionToken, afterSeq);
    await sendAndWait(socket, "now");
    expect(socket.frames.filter(({ t }) => t === "message").map((frame) => messageOf(frame).text)).toEqual([
      "now",
    ]);
  },
);

test("an agent answers, reads and types, and the customer sees it; and the other way round", async () => {
  const { sessionToken, conversation } = await server.signIn("talk");
  const conversationId = conversation.id;
  const customer = await server.live(sessionToken);
  const agent = await agentSocket();
  await sendAndWait(customer, "hello?");
  agent.send({ t: "typing", conversationId, on: true });
  expect(await customer.next("typing")).toEqual({
    t: "typing",
    conversationId,
    by: "agent",
    name: "Acme",
    on: true,
  });
  agent.send({ t: "read", conversationId, seq: 1 });
  expect(await customer.next("receipt")).toMatchObject({ by: "agent", kind: "read", seq: 1 });
  const id = randomUUID();
  agent.send({ t: "send", conversationId, id, text: "hello!" });
  expect(await agent.next("ack")).toMatchObject({ conversationId, id, seq: 2 });
  expect(messageOf(await customer.next("message"))).toMatchObject({
    author: { kind: "agent", name: "Acme" },
  });
  customer.send({ t: "delivered", seq: 2 });
  expect(await agent.next("receipt")).toMatchObject({
    conversationId,
    by: "contact",
    kind: "delivered",
    seq: 2,
  });
  customer.send({ t: "typing", on: true });
  expect(await agent.next("typing")).toMatchObject({ conversationId, by: "contact", name: "Talk", on: true });
  expect(agent.frames.filter(({ t, by }) => t === "typing" && by === "agent")).toEqual([]);
});

test("an agent hears of an unknown conversation by its id", async () => {
  const agent = await agentSocket();
  const id = randomUUID();
  for (const frame of [
    { t: "send", id, text: "x" },
    { t: "read", seq: 1 },
    { t: "typing", on: true },
  ]) {
    agent.send({ ...frame, conversationId: "nope" });
    expect(await agent.next("refused")).toMatchObject({ conversationId: "nope", code: "not_found" });
  }
});

test("nobody hears of another customer's conversation", async () => {
  const [ada, bob] = await Promise.all([server.signIn("ada"), server.signIn("bob")]);
  const [adaSocket, bobSocket] = await Promise.all([
    server.live(ada.sessionToken),
    server.live(bob.sessionToken),
  ]);
  await sendAndWait(adaSocket, "for the agents alone");
  adaSocket.send({ t: "typing", on: true });
  bobSocket.send({ t: "ping" });
  await bobSocket.next("pong");
  expect(bobSocket.frames.map(({ t }) => t)).toEqual(["ready", "state", "presence", "pong"]);
});

test("with nothing under way every socket answers a ping", async () => {
  const socket = await server.live((await server.visit()).sessionToken);
  socket.send({ t: "ping" });
  await socket.next("pong");
});
