import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { adminToken, agentToken, startTestServer, type TestServer } from "../testing/test-server.ts";
import type { TestSocket } from "../testing/test-socket.ts";

let server: TestServer;
afterEach(() => server.close());

async function desk(token = agentToken): Promise<TestSocket> {
  const socket = server.socket("/api/v1/agent/socket");
  socket.send({ t: "auth", token, delivered: true });
  await socket.next("ready");
  return socket;
}

const patch = (conversationId: string, change: object) =>
  server.fetch(`/api/v1/agent/conversations/${conversationId}`, {
    method: "PATCH",
    token: adminToken,
    json: change,
  });

test("a customer is told whether somebody is there when it connects, and when that changes", async () => {
  server = await startTestServer();
  const { sessionToken } = await server.visit();
  const customer = await server.live(sessionToken);
  expect(await customer.next("presence")).toEqual({ t: "presence", online: false });
  await desk();
  server.sweep();
  expect(await customer.next("presence")).toEqual({ t: "presence", online: true });
  const late = await server.live(sessionToken);
  expect(await late.next("presence")).toEqual({ t: "presence", online: true });
});

test("agents are told who is there, themselves included", async () => {
  server = await startTestServer();
  const first = await desk();
  server.sweep();
  expect(await first.next("presence")).toEqual({ t: "presence", agents: [{ name: "Agent" }] });
  const second = await desk(adminToken);
  server.sweep();
  const both = [{ name: "Agent" }, { name: "Administrator" }];
  expect(await first.next("presence")).toEqual({ t: "presence", agents: both });
  expect(await second.next("presence")).toEqual({ t: "presence", agents: both });
  second.raw.close();
  await second.closed;
  server.sweep();
  expect(await first.next("presence")).toEqual({ t: "presence", agents: [{ name: "Agent" }] });
});

test("a conversation that an agent closes is closed for the customer and every desk, and opens with the customer's next word", async () => {
  server = await startTestServer();
  const { sessionToken, conversation } = await server.visit();
  const [customer, agent] = [await server.live(sessionToken), await desk()];
  expect(await customer.next("state")).toMatchObject({ state: "open" });
  await patch(conversation.id, { state: "closed", assignee: "Grace" });
  const told = { conversationId: conversation.id, state: "closed" };
  expect(await customer.next("state")).toEqual({ t: "state", ...told });
  expect(await agent.next("changed")).toEqual({ t: "changed", ...told, assignee: "Grace" });
  const later = await server.live(sessionToken);
  expect(await later.next("state")).toEqual({ t: "state", ...told });
  const opened = [customer.next("state"), later.next("state")];
  customer.send({ t: "send", id: randomUUID(), text: "One more thing" });
  for (const frame of await Promise.all(opened)) expect(frame).toMatchObject({ state: "open" });
  const answer = await server.fetch(`/api/v1/agent/conversations/${conversation.id}`, { token: adminToken });
  expect(await answer.json()).toMatchObject({ state: "open", assignee: "Grace" });
});

test("that it was closed stands in the conversation, for the customer and every desk, once", async () => {
  server = await startTestServer();
  const { sessionToken, conversation } = await server.visit();
  const customer = await server.live(sessionToken);
  customer.send({ t: "send", id: randomUUID(), text: "Thank you, bye" });
  await customer.next("message");
  const agent = await desk();
  for (let count = 0; count < 2; count++) await patch(conversation.id, { state: "closed" });
  const notice = { seq: 2, author: { kind: "system", name: null }, text: "Conversation closed." };
  for (const socket of [customer, agent])
    expect(await socket.next("message")).toMatchObject({ conversationId: conversation.id, message: notice });
  const answer = await server.fetch("/api/v1/conversation/messages", { token: sessionToken });
  expect(await answer.json()).toMatchObject({ messages: [{ seq: 1 }, notice], lastSeq: 2 });
});

test("waiting opens with the customer's word as well, and an agent's word moves nothing", async () => {
  server = await startTestServer();
  const { sessionToken, conversation } = await server.visit();
  const customer = await server.live(sessionToken);
  await customer.next("state");
  await patch(conversation.id, { state: "waiting" });
  await customer.next("state");
  const send = (token: string, path: string) =>
    server.fetch(path, { token, json: { id: randomUUID(), text: "x" } });
  await send(adminToken, `/api/v1/agent/conversations/${conversation.id}/messages`);
  await customer.next("message");
  expect(customer.frames.filter(({ t }) => t === "state")).toHaveLength(2);
  await send(sessionToken, "/api/v1/conversation/messages");
  expect(await customer.next("state")).toMatchObject({ state: "open" });
});

test("typing is told and nowhere kept", async () => {
  server = await startTestServer();
  const { sessionToken, conversation } = await server.visit();
  const [customer, agent] = [await server.live(sessionToken), await desk()];
  customer.send({ t: "typing", on: true });
  expect(await agent.next("typing")).toMatchObject({ by: "contact", on: true });
  agent.send({ t: "typing", conversationId: conversation.id, on: true });
  expect(await customer.next("typing")).toMatchObject({ by: "agent", on: true });
  const { lastSeq, messages } = await server.store.messages(conversation.id, { limit: 1 });
  expect([lastSeq, messages]).toEqual([0, []]);
  const again = await server.live(sessionToken);
  await again.next("presence");
  expect(again.frames.map(({ t }) => t)).not.toContain("typing");
});

test("receipts go both ways, of every agent as one side, and never back", async () => {
  server = await startTestServer();
  const { sessionToken, conversation } = await server.visit();
  const { id } = conversation;
  const customer = await server.live(sessionToken);
  const [ann, bob] = [await desk(), await desk(adminToken)];
  for (let n = 0; n < 3; n++) customer.send({ t: "send", id: randomUUID(), text: `${n}` });
  for (let n = 0; n < 3; n++) await customer.next("ack");
  ann.send({ t: "read", conversationId: id, seq: 2 });
  expect(await customer.next("receipt")).toMatchObject({ by: "agent", kind: "read", seq: 2 });
  // Bob is behind, which is nothing to tell; then ahead, beyond the end.
  bob.send({ t: "read", conversationId: id, seq: 1 });
  bob.send({ t: "delivered", conversationId: id, seq: 99 });
  expect(await customer.next("receipt")).toMatchObject({ by: "agent", kind: "delivered", seq: 3 });
  expect(await ann.next("receipt")).toMatchObject({ by: "agent", kind: "read", seq: 2 });
  ann.send({ t: "send", conversationId: id, id: randomUUID(), text: "Hello" });
  await customer.next("message");
  customer.send({ t: "read", seq: 4 });
  const toldBob: unknown[] = [];
  while (toldBob.at(-1) !== "contact read 4") {
    const { by, kind, seq } = await bob.next("receipt");
    toldBob.push(`${by} ${kind} ${seq}`);
  }
  expect(toldBob).toEqual(["agent read 2", "agent delivered 3", "contact read 4"]);
  const state = await server.fetch(`/api/v1/agent/conversations/${id}`, { token: adminToken });
  expect(await state.json()).toMatchObject({
    agent: { delivered: 3, read: 2 },
    customer: { delivered: 4, read: 4 },
  });
});
