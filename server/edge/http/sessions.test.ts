import { randomUUID } from "node:crypto";
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminToken, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const openSession = (identity: object, deploymentId = "acme-web") =>
  server.fetch("/api/v1/sessions", { json: { deploymentId, identity } });
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test("a Contact JWT opens a session for the identity it proves", async () => {
  const response = await openSession({ type: "contactJwt", token: await server.token("ada") });
  expect(response.status).toBe(201);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toMatchObject({
    sessionToken: expect.stringMatching(/^[0-9a-f]{12}[\w-]{43}$/),
    contact: { platformKey: "v1/acme/AUTH/jwt/uid:ada", name: "Ada", verified: true },
    conversation: { lastSeq: 0, readSeq: 0 },
  });
});

test.each(["/api/v1", "/api/v1/securemessage", "", "/securemessage"])(
  "a back end exchanges a Contact JWT at %s/authorize, in either spelling, and the platform JWT opens the session",
  async (base) => {
    for (const [siteId, spelling] of [
      [10_000, "contactJwt"],
      ["10000", "Contact JWT"],
    ]) {
      const answer = await server.fetch(`${base}/authorize`, {
        json: {
          siteId,
          messengerId: "acme-web",
          [spelling as string]: await server.token("ada"),
          isPreview: false,
        },
      });
      expect(answer.status).toBe(200);
      const { accessToken, ...rest } = (await answer.json()) as Record<string, unknown>;
      expect(rest).toEqual({ tokenType: "platform_jwt", expiresInSeconds: expect.any(Number) });
      const opened = await openSession({ type: "platformJwt", token: accessToken });
      expect(opened.status).toBe(201);
      expect(await opened.json()).toMatchObject({ contact: { platformKey: "v1/acme/AUTH/jwt/uid:ada" } });
    }
  },
);

test("null is a member that is absent, where one may be", async () => {
  const token = await server.token("ada");
  const authorize = (json: object) => server.fetch("/authorize", { json });
  const asked = { siteId: 10_000, messengerId: "acme-web", isPreview: null };
  expect((await authorize({ ...asked, contactJwt: null, "Contact JWT": token })).status).toBe(200);
  expect(await codeOf(await authorize({ ...asked, contactJwt: null }))).toBe("request_invalid");
  const nothing = { codeVerifier: null, nonce: null, maxAgeSeconds: null, iss: null };
  // As far as the community, which has no provider.
  const code = { type: "oidcCode", code: "c", redirectUri: "https://www.acme.example/cb", ...nothing };
  expect(await codeOf(await openSession(code))).toBe("oidc_exchange_failed");
  const idToken = { type: "idToken", token: "t", nonce: null };
  expect(await codeOf(await openSession(idToken))).toBe("oidc_exchange_failed");
});

test("another site's id, and an unknown messenger, are unknown deployments", async () => {
  const contactJwt = await server.token("ada");
  for (const body of [
    { siteId: 1, messengerId: "acme-web", contactJwt },
    { siteId: 10_000, messengerId: "nope", contactJwt },
  ])
    expect(await codeOf(await server.fetch("/authorize", { json: body }))).toBe("deployment_unknown");
});

test("a preview is kept out of the agents' list unless they ask", async () => {
  const contactJwt = await server.token("tester");
  const exchanged = await server.fetch("/authorize", {
    json: { siteId: 10_000, messengerId: "acme-web", contactJwt, isPreview: true },
  });
  const { accessToken } = (await exchanged.json()) as { accessToken: string };
  const opened = await openSession({ type: "platformJwt", token: accessToken });
  const { sessionToken, conversation } = (await opened.json()) as {
    sessionToken: string;
    conversation: { id: string };
  };
  const message = { id: randomUUID(), text: "only a test" };
  await server.fetch("/api/v1/conversation/messages", { token: sessionToken, json: message });
  const list = async (query: string) => {
    const response = await server.fetch(`/api/v1/agent/conversations${query}`, { token: adminToken });
    return ((await response.json()) as { conversations: { id: string }[] }).conversations.map(({ id }) => id);
  };
  expect(await list("")).not.toContain(conversation.id);
  expect(await list("?preview=true")).toContain(conversation.id);
});

test("the session answers for itself, without its token", async () => {
  const { sessionToken, ...state } = await server.signIn("grace");
  const response = await server.fetch("/api/v1/session", { token: sessionToken });
  expect(await response.json()).toEqual(state);
});

test("renewing keeps the session and the conversation, and replaces the token", async () => {
  const before = await server.signIn("ada");
  const response = await server.fetch("/api/v1/session/renew", {
    token: before.sessionToken,
    json: { identity: { type: "contactJwt", token: await server.token("ada") } },
  });
  expect(response.status).toBe(200);
  const after = (await response.json()) as typeof before;
  expect(after.sessionToken).not.toBe(before.sessionToken);
  expect(after.conversation.id).toBe(before.conversation.id);
  expect((await server.fetch("/api/v1/session", { token: before.sessionToken })).status).toBe(401);
});

test("renewing as somebody else is a conflict, and the session stays who it was", async () => {
  const { sessionToken } = await server.signIn("ada");
  const response = await server.fetch("/api/v1/session/renew", {
    token: sessionToken,
    json: { identity: { type: "contactJwt", token: await server.token("bob") } },
  });
  expect([response.status, await codeOf(response)]).toEqual([409, "identity_changed"]);
  expect((await server.fetch("/api/v1/session", { token: sessionToken })).status).toBe(200);
});

test("logging out ends the session and the token it came from; doing it again changes nothing", async () => {
  const contactJwt = await server.token("hedy");
  const opened = await openSession({ type: "contactJwt", token: contactJwt });
  const { sessionToken } = (await opened.json()) as { sessionToken: string };
  for (let times = 0; times < 2; times++) {
    const answer = await server.fetch("/api/v1/session", { method: "DELETE", token: sessionToken });
    expect(answer.status).toBe(204);
  }
  const asked = await server.fetch("/api/v1/session", { token: sessionToken });
  expect([asked.status, await codeOf(asked)]).toEqual([401, "session_revoked"]);
  const again = await openSession({ type: "contactJwt", token: contactJwt });
  expect([again.status, await codeOf(again)]).toEqual([401, "token_revoked"]);
});

test("logging out everywhere ends the sessions of the other devices", async () => {
  const here = await server.signIn("joan");
  const there = await server.signIn("joan");
  await server.fetch("/api/v1/session?everywhere=true", { method: "DELETE", token: here.sessionToken });
  expect((await server.fetch("/api/v1/session", { token: there.sessionToken })).status).toBe(401);
});

test("what is no bearer token is no session", async () => {
  for (const authorization of ["Basic YTpi", "Bearer", "Bearer  ", "Bearer a b"]) {
    const response = await server.fetch("/api/v1/session", { headers: { authorization } });
    expect([response.status, await codeOf(response)]).toEqual([401, "session_missing"]);
  }
});

test("of two tokens none is taken: what stands in front may have looked at the other", async () => {
  const [ada, eve] = await Promise.all([server.signIn("ada"), server.signIn("eve")]);
  const tokens = [ada, eve].flatMap(({ sessionToken }) => ["authorization", `Bearer ${sessionToken}`]);
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(`${server.url}/api/v1/session`, { headers: ["host", "x", ...tokens] }, resolve).on("error", reject),
  );
  expect([response.statusCode, JSON.parse(await text(response))]).toMatchObject([
    401,
    { code: "session_missing" },
  ]);
});

test("a body of the wrong shape is refused with the path of each fault, and without what was sent", async () => {
  const response = await server.fetch("/api/v1/sessions", {
    json: { deploymentId: 7, identity: { type: "contactJwt", token: { secret: "do-not-echo" } } },
  });
  expect(response.status).toBe(400);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const text = await response.text();
  expect(text).not.toContain("do-not-echo");
  expect(JSON.parse(text)).toMatchObject({
    code: "request_invalid",
    type: expect.stringMatching(/\/problems\/request_invalid$/),
    faults: [
      { path: "deploymentId", message: "expected string" },
      { path: "identity.token", message: "expected string" },
    ],
  });
});

test.each([
  ["no JSON", "{"],
  ["no object", "[]"],
  ["too deep", `{"a":${"[".repeat(9)}${"]".repeat(9)}}`],
  ["empty", ""],
])("a body that is %s is request_invalid", async (_, body) => {
  const response = await server.fetch("/api/v1/sessions", { method: "POST", body });
  expect([response.status, await codeOf(response)]).toEqual([400, "request_invalid"]);
});

test("a body over the limit is too_large, whether it says its length or not", async () => {
  const body = JSON.stringify({ deploymentId: "x".repeat(70_000) });
  const stated = await server.fetch("/api/v1/sessions", { method: "POST", body });
  expect([stated.status, await codeOf(stated)]).toEqual([413, "too_large"]);
  const streamed = await fetch(`${server.url}/api/v1/sessions`, {
    method: "POST",
    body: new Blob([body]).stream(),
    duplex: "half",
  });
  expect([streamed.status, await codeOf(streamed)]).toEqual([413, "too_large"]);
});

test("a known address with another method says which it answers to", async () => {
  const response = await server.fetch("/api/v1/session/renew");
  expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  expect(await codeOf(response)).toBe("request_invalid");
  expect(await codeOf(await server.fetch("/api/v1/nothing"))).toBe("not_found");
});
