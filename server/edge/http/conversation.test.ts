import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Message } from "../../../shared/protocol.ts";
import { agentToken, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const send = (token: string, text: string, id = randomUUID() as string) =>
  server.fetch("/api/v1/conversation/messages", { token, json: { id, text } });
const page = async (token: string, query = "") => {
  const response = await server.fetch(`/api/v1/conversation/messages${query}`, { token });
  return (await response.json()) as { messages: Message[]; lastSeq: number };
};

test("sending is idempotent by id: 201 once, then 200 with the same answer, 409 for another text", async () => {
  const { sessionToken } = await server.signIn("ada");
  const id = randomUUID();
  const first = await send(sessionToken, "hello", id);
  const again = await send(sessionToken, "hello", id);
  const other = await send(sessionToken, "goodbye", id);
  expect([first.status, again.status, other.status]).toEqual([201, 200, 409]);
  const receipt = await first.json();
  expect(receipt).toEqual({ id, seq: 1, at: expect.stringMatching(/Z$/) });
  expect(await again.json()).toEqual(receipt);
});

test("a customer and an agent write in one order, and each sees the other's name", async () => {
  const { sessionToken, conversation } = await server.signIn("grace");
  await send(sessionToken, "is it open?");
  const answer = await server.fetch(`/api/v1/agent/conversations/${conversation.id}/messages`, {
    token: agentToken,
    json: { id: randomUUID(), text: "it is" },
  });
  expect(answer.status).toBe(201);
  const { messages, lastSeq } = await page(sessionToken);
  expect(lastSeq).toBe(2);
  expect(messages.map(({ seq, text, author }) => [seq, text, author])).toEqual([
    [1, "is it open?", { kind: "contact", name: "Grace" }],
    [2, "it is", { kind: "agent", name: "Acme" }],
  ]);
});

test("history is read in pages, backwards and forwards", async () => {
  const { sessionToken } = await server.signIn("hedy");
  for (let n = 1; n <= 5; n++) await send(sessionToken, `message ${n}`);
  const seqs = async (query: string) => (await page(sessionToken, query)).messages.map(({ seq }) => seq);
  expect(await seqs("")).toEqual([1, 2, 3, 4, 5]);
  expect(await seqs("?limit=2")).toEqual([4, 5]);
  expect(await seqs("?before=4&limit=2")).toEqual([2, 3]);
  expect(await seqs("?after=3")).toEqual([4, 5]);
});

test.each(["?limit=0", "?limit=101", "?limit=x", "?before=-1", "?before=1&after=2", "?after=1.5"])(
  "%s is no page",
  async (query) => {
    const { sessionToken } = await server.signIn("joan");
    const response = await server.fetch(`/api/v1/conversation/messages${query}`, { token: sessionToken });
    expect(response.status).toBe(400);
  },
);

test("what the customer has read is kept, never past the end and never back", async () => {
  const { sessionToken } = await server.signIn("mary");
  await send(sessionToken, "one");
  await send(sessionToken, "two");
  for (const seq of [2, 1, 99]) {
    const read = await server.fetch("/api/v1/conversation/read", { token: sessionToken, json: { seq } });
    expect(read.status).toBe(204);
  }
  const state = await server.fetch("/api/v1/session", { token: sessionToken });
  expect(await state.json()).toMatchObject({ conversation: { lastSeq: 2, readSeq: 2 } });
});

test("the second device of a customer has the same conversation, another customer has another", async () => {
  const phone = await server.signIn("ida");
  await send(phone.sessionToken, "from the phone");
  const desktop = await server.signIn("ida");
  expect((await page(desktop.sessionToken)).messages.map(({ text }) => text)).toEqual(["from the phone"]);
  const bob = await server.signIn("bob");
  expect((await page(bob.sessionToken)).messages).toEqual([]);
  const sameIdElsewhere = await server.signIn("ida", "other");
  expect((await page(sameIdElsewhere.sessionToken)).messages).toEqual([]);
});

test("agents find the verified customer with the source of each field, close and reopen", async () => {
  const { sessionToken, conversation } = await server.signIn("kay");
  await send(sessionToken, "hello");
  const path = `/api/v1/agent/conversations/${conversation.id}`;
  const found = await server.fetch(path, { token: agentToken });
  expect(await found.json()).toMatchObject({
    state: "open",
    contact: {
      verified: true,
      platformKey: "v1/acme/AUTH/jwt/uid:kay",
      fields: { name: { value: "Kay", source: "token", claim: "comm100.name" } },
    },
    lastMessage: { text: "hello" },
  });
  const closed = await server.fetch(path, { method: "PATCH", token: agentToken, json: { state: "closed" } });
  expect(await closed.json()).toMatchObject({ state: "closed" });
  await send(sessionToken, "one more thing");
  expect(await (await server.fetch(path, { token: agentToken })).json()).toMatchObject({ state: "open" });
});

test("an unknown conversation is not found by any of the agents' routes", async () => {
  const path = "/api/v1/agent/conversations/nope";
  const json = { id: randomUUID(), text: "x" };
  const answers = await Promise.all([
    server.fetch(path, { token: agentToken }),
    server.fetch(path, { method: "PATCH", token: agentToken, json: { state: "closed" } }),
    server.fetch(`${path}/messages`, { token: agentToken }),
    server.fetch(`${path}/messages`, { token: agentToken, json }),
    server.fetch(`${path}/read`, { token: agentToken, json: { seq: 1 } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
});
