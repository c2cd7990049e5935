import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { administratorOf } from "../testing/administrator.ts";
import { agentToken, startTestServer, type TestServer } from "../testing/test-server.ts";
import { contactExport } from "./admin-contact-answers.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const { admin } = administratorOf(() => server);

const say = (token: string, text: string) =>
  server.fetch("/api/v1/conversation/messages", { token, json: { id: randomUUID(), text } });

describe("A contact that asks for its data", () => {
  test("gets all of it, however long the history is, and no token", async () => {
    const { sessionToken, contact } = await server.signIn("exported");
    for (let n = 1; n <= 20; n++) await say(sessionToken, `“${n}”`);
    for (let n = 21; n <= 130; n++)
      await server.store.append({
        conversationId: (await server.store.contactRecord(contact.id))?.conversationIds[0] ?? "",
        id: randomUUID(),
        author: { kind: "agent", name: "Acme" },
        verified: true,
        text: `“${n}”`,
        attachments: [],
        at: Date.now(),
        sessionId: null,
      });
    const found = await admin("GET", `contacts?platformKey=${encodeURIComponent(contact.platformKey)}`);
    expect(found.body).toMatchObject({ id: contact.id, verified: true });
    const { status, text } = await admin("GET", `contacts/${contact.id}`);
    expect(status).toBe(200);
    const exported = v.parse(contactExport, JSON.parse(text));
    expect(exported.contact.id).toBe(contact.id);
    expect(exported.sessions).toHaveLength(1);
    const [conversation] = exported.conversations;
    expect(conversation?.messages.map(({ seq, text }) => [seq, text])).toEqual(
      Array.from({ length: 130 }, (_, index) => [index + 1, `“${index + 1}”`]),
    );
    expect(text).not.toContain(sessionToken);
  });
});

describe("A contact that asks to be forgotten", () => {
  test("is gone: sockets closed, session and messages unknown, the audit log says when", async () => {
    const { sessionToken, contact, conversation } = await server.signIn("forgotten");
    await say(sessionToken, "something private");
    const socket = await server.live(sessionToken);
    expect(await admin("DELETE", `contacts/${contact.id}`)).toMatchObject({ status: 204 });
    expect(await socket.closed).toBe(4401);
    expect((await server.fetch("/api/v1/session", { token: sessionToken })).status).toBe(401);
    const seen = await server.fetch(`/api/v1/agent/conversations/${conversation.id}`, { token: agentToken });
    expect(seen.status).toBe(404);
    expect(await admin("GET", `contacts/${contact.id}`)).toMatchObject({ status: 404 });
    expect(JSON.stringify((await admin("GET", "audit")).body)).toContain(
      `"action":"contact.erased","target":"contact/${contact.id}"`,
    );
    expect(JSON.stringify((await admin("GET", "erasures")).body)).toContain(contact.id);
  });

  test("may be erased twice; who never was here is not found", async () => {
    const { contact } = await server.signIn("twice");
    for (let time = 0; time < 2; time++)
      expect(await admin("DELETE", `contacts/${contact.id}`)).toMatchObject({ status: 204 });
    expect(await admin("DELETE", `contacts/${randomUUID()}`)).toMatchObject({ status: 404 });
    expect(await admin("GET", "contacts?platformKey=v1/acme/AUTH/jwt/uid:nobody")).toMatchObject({
      status: 404,
    });
  });
});
