import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MessagePage, OpenedSession, SessionSummary } from "../../../shared/protocol.ts";
import { agentToken, startTestServer, type TestServer } from "../testing/test-server.ts";
import type { TestSocket } from "../testing/test-socket.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const open = async (identity: object, conversationHandover?: string | null) =>
  await server.fetch("/api/v1/sessions", {
    json: { deploymentId: "acme-web", identity, conversationHandover },
  });
const signIn = async (sub: string, handover?: string | null) =>
  await open({ type: "contactJwt", token: await server.token(sub) }, handover);

async function say(socket: TestSocket, text: string): Promise<void> {
  socket.send({ t: "send", id: randomUUID(), text });
  await socket.next("ack");
}

async function desk(): Promise<TestSocket> {
  const socket = server.socket("/api/v1/agent/socket");
  socket.send({ t: "auth", token: agentToken });
  await socket.next("ready");
  return socket;
}

describe("POST /sessions with conversationHandover", () => {
  test("joins the visitor's conversation to the customer's, live for the other devices and the agents", async () => {
    const before = await server.signIn("ada");
    const device = await server.live(before.sessionToken);
    await say(device, "Long ago");
    const guest = await server.visit();
    const visitor = await server.live(guest.sessionToken);
    await say(visitor, "Hello");
    await say(visitor, "Anybody?");
    const agents = await desk();
    const response = await signIn("ada", guest.sessionToken);
    expect(response.status).toBe(201);
    const opened = (await response.json()) as OpenedSession;
    expect(opened.conversation).toMatchObject({ id: before.conversation.id, lastSeq: 4 });

    expect(await visitor.closed).toBe(4401);
    const seen: unknown[] = [];
    while (seen.length < 3) seen.push((await device.next("message")).message);
    expect(seen).toMatchObject([
      { seq: 2, author: { kind: "system" } },
      { seq: 3, text: "Hello", verified: false },
      { seq: 4, text: "Anybody?", verified: false },
    ]);
    expect(await agents.next("moved")).toEqual({
      t: "moved",
      conversationId: guest.conversation.id,
      to: opened.conversation.id,
    });
    expect(await agents.next("message")).toMatchObject({
      conversationId: opened.conversation.id,
      message: { seq: 4 },
    });

    const page = await server.fetch("/api/v1/conversation/messages", { token: opened.sessionToken });
    const { messages } = (await page.json()) as MessagePage;
    expect(messages.slice(1)).toEqual(seen);
    const old = await server.fetch("/api/v1/session", { token: guest.sessionToken });
    expect(await old.json()).toMatchObject({ code: "session_revoked" });
    const found = await server.fetch(`/api/v1/agent/conversations/${guest.conversation.id}`, {
      token: agentToken,
    });
    expect(await found.json()).toMatchObject({ id: opened.conversation.id, contact: { verified: true } });
  });

  test("answers a repetition with what became of the first, and takes none for no handover", async () => {
    const { sessionToken } = await server.visit();
    const first = (await (await signIn("bob", sessionToken)).json()) as OpenedSession;
    const repeated = await signIn("bob", sessionToken);
    expect([repeated.status, await repeated.json()]).toMatchObject([401, { code: "session_revoked" }]);
    for (const none of [null, undefined]) {
      const again = (await (await signIn("bob", none)).json()) as OpenedSession;
      expect(again.conversation).toEqual(first.conversation);
    }
  });

  test.each([
    ["a token of no session", async () => "guess", 401, "session_missing"],
    ["an empty token", async () => "", 401, "session_missing"],
    ["a customer's session", async () => (await server.signIn("eve")).sessionToken, 403, "forbidden"],
    ["another community's", async () => (await server.signIn("eve", "other")).sessionToken, 403, "forbidden"],
    ["an agent's token", async () => agentToken, 401, "session_missing"],
  ])("refuses %s", async (_, handover, status, code) => {
    const token = await handover();
    const response = await signIn("carol", token);
    const text = await response.text();
    expect([response.status, JSON.parse(text)]).toMatchObject([status, { code }]);
    if (token !== "") expect(text).not.toContain(token);
  });

  test("refuses what is no text, and a visitor who does not sign in", async () => {
    const number = await open({ type: "anonymous" }, 7 as unknown as string);
    expect(await number.json()).toMatchObject({ code: "request_invalid" });
    const { sessionToken } = await server.visit();
    const visitor = await open({ type: "anonymous" }, sessionToken);
    expect([visitor.status, await visitor.json()]).toMatchObject([400, { code: "request_invalid" }]);
  });
});

describe("/sessions, the customer's own", () => {
  const list = async (token: string) => {
    const response = await server.fetch("/api/v1/sessions", { token });
    return ((await response.json()) as { sessions: SessionSummary[] }).sessions;
  };
  const end = (path: string, token: string) =>
    server.fetch(`/api/v1/sessions${path}`, { method: "DELETE", token });

  test("are listed, and one is ended from another: its socket closes, its token is refused", async () => {
    const [here, there] = [await server.signIn("dora"), await server.signIn("dora")];
    expect(await list(here.sessionToken)).toMatchObject([
      { id: there.id, current: false },
      { id: here.id, current: true },
    ]);
    const socket = await server.live(there.sessionToken);
    expect((await end(`/${there.id}`, here.sessionToken)).status).toBe(204);
    expect(await socket.closed).toBe(4401);
    expect((await server.fetch("/api/v1/session", { token: there.sessionToken })).status).toBe(401);
    expect(await list(here.sessionToken)).toHaveLength(1);
  });

  test("are no visitor's, who has one only", async () => {
    const { sessionToken } = await server.visit();
    const response = await server.fetch("/api/v1/sessions", { token: sessionToken });
    const detail = expect.stringContaining("a signed-in customer's session");
    expect([response.status, await response.json()]).toMatchObject([403, { code: "forbidden", detail }]);
  });

  test("of somebody else are not found, and stay", async () => {
    const [dora, eve] = [await server.signIn("gail"), await server.signIn("eve")];
    const response = await end(`/${eve.id}`, dora.sessionToken);
    expect([response.status, await response.json()]).toMatchObject([404, { code: "not_found" }]);
    expect((await server.fetch("/api/v1/session", { token: eve.sessionToken })).status).toBe(200);
  });

  test("end all but the one that asks, which must be said", async () => {
    const [here, there] = [await server.signIn("fay"), await server.signIn("fay")];
    const socket = await server.live(there.sessionToken);
    for (const query of ["", "?others=false"]) expect((await end(query, here.sessionToken)).status).toBe(400);
    expect((await end("?others=true", here.sessionToken)).status).toBe(204);
    expect(await socket.closed).toBe(4401);
    expect(await list(here.sessionToken)).toMatchObject([{ id: here.id, current: true }]);
  });
});
