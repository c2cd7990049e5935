/** What went wrong in other messengers and libraries, tried at the door: each test is named after where it happened. */

import { randomBytes, randomUUID } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OpenedSession } from "../../shared/protocol.ts";
import { administratorOf } from "./testing/administrator.ts";
import { agentToken, site, startTestServer, type TestServer } from "./testing/test-server.ts";
import { openTestStream } from "./testing/test-stream.ts";

const secret = randomBytes(32).toString("hex");
let now: number;
let server: TestServer;
beforeEach(async () => {
  now = Date.now();
  server = await startTestServer({
    clock: { now: () => now },
    communities: [
      { id: "mail", name: "Mail", signedIdentities: "accept", keys: [{ kid: "k", alg: "HS256", secret }] },
    ],
    deployments: [
      { id: "mail-web", community: "mail", name: "mail.example", appearance: {}, allowedOrigins: [site] },
    ],
  });
});
afterEach(() => server.close());

const { admin } = administratorOf(() => server);

const contactJwt = (token: string) => ({ type: "contactJwt", token });

/** Of the community `mail`, or of whoever has another secret. */
const sign = (claims: object, key = secret): Promise<string> =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "HS256", kid: "k" })
    .setExpirationTime(Math.floor(now / 1000) + 600)
    .sign(Buffer.from(key));

const enter = (identity: unknown, deploymentId = "mail-web", origin?: string) =>
  server.fetch("/api/v1/sessions", { json: { deploymentId, identity }, ...(origin && { origin }) });
const opened = async (response: Response) => (await response.json()) as OpenedSession;
const outcome = async (response: Response): Promise<string> =>
  response.ok ? "let in" : ((await response.json()) as { code: string }).code;
const say = ({ sessionToken }: OpenedSession, text: string) =>
  server.fetch("/api/v1/conversation/messages", { token: sessionToken, json: { id: randomUUID(), text } });
const agentSays = (conversationId: string, text: string) =>
  server.fetch(`/api/v1/agent/conversations/${conversationId}/messages`, {
    token: agentToken,
    json: { id: randomUUID(), text },
  });

describe("Rocket.Chat CVE-2026-28514: a check that nobody awaited made any password good. A wrong secret gives no", () => {
  const forged = () => sign({ sub: "ada" }, randomBytes(32).toString("hex"));
  const ways: readonly (readonly [string, () => Promise<Response>, string])[] = [
    ["session", async () => enter(contactJwt(await forged())), "signature_invalid"],
    [
      "session, by a forged platform JWT",
      async () => enter({ type: "platformJwt", token: await forged() }),
      "type_not_allowed",
    ],
    [
      "renewal",
      async () => {
        const { sessionToken: token } = await opened(await enter(contactJwt(await sign({ sub: "ada" }))));
        const json = { identity: contactJwt(await forged()) };
        return server.fetch("/api/v1/session/renew", { token, json });
      },
      "signature_invalid",
    ],
    [
      "platform JWT",
      async () => {
        const json = { siteId: 10_000, messengerId: "mail-web", contactJwt: await forged() };
        return server.fetch("/api/v1/authorize", { json });
      },
      "signature_invalid",
    ],
    [
      "customer's conversation",
      () => server.fetch("/api/v1/session", { token: "x".repeat(43) }),
      "session_missing",
    ],
    [
      "agent's desk",
      () => server.fetch("/api/v1/agent/conversations", { token: agentToken.replace("1", "2") }),
      "session_missing",
    ],
    [
      "administration",
      () => server.fetch("/api/v1/admin/audit", { token: "administrator" }),
      "session_missing",
    ],
  ];
  test.each(ways)("%s", async (_, attempt, code) => {
    expect(await outcome(await attempt())).toBe(code);
  });
});

test("Chatwoot 9493: where signed identities are required nobody gets in without one", async () => {
  const unsigned = new UnsecuredJWT({ sub: "ada", exp: Math.floor(now / 1000) + 600 }).encode();
  const attempts: readonly (readonly [unknown, string])[] = [
    [{ type: "anonymous" }, "signed_identity_required"],
    [{ type: "anonymous", identifier: "ada", sub: "ada" }, "signed_identity_required"],
    [contactJwt(unsigned), "token_malformed"],
    [contactJwt(`${unsigned}AAAA`), "algorithm_not_allowed"],
    [contactJwt(""), "token_malformed"],
    [{ type: "contactJwt" }, "request_invalid"],
    [null, "request_invalid"],
    [undefined, "request_invalid"],
  ];
  for (const [identity, code] of attempts)
    expect(await outcome(await enter(identity, "other-web"))).toBe(code);
  const { body } = await admin("GET", "contacts?platformKey=v1%2Fother%2FAUTH%2Fjwt%2Fuid%3Aada");
  expect(body).toMatchObject({ code: "not_found" });
});

test("Chatwoot pull requests 14884 and 14935: an e-mail address merges nobody with anybody", async () => {
  const email = "ada@acme.example";
  const ada = await opened(await enter(contactJwt(await sign({ sub: "ada", "comm100.email": email }))));
  await say(ada, "Where is my order?");
  const claimed = { type: "anonymous", email, name: "Ada", "comm100.email": email };
  const visitor = await opened(await enter(claimed));
  expect(visitor.contact).toMatchObject({ verified: false, name: null, fields: {} });
  await say(visitor, `I am ${email}`);
  const namesake = await opened(await enter(contactJwt(await sign({ sub: "bob", "comm100.email": email }))));
  const again = await opened(await enter(contactJwt(await sign({ sub: "ada" }))));
  const people = [ada, visitor, namesake];
  expect(new Set(people.map(({ contact }) => contact.id)).size).toBe(3);
  expect(new Set(people.map(({ conversation }) => conversation.id)).size).toBe(3);
  expect(again.conversation).toMatchObject({ id: ada.conversation.id, lastSeq: 1 });
  expect(namesake.conversation.lastSeq).toBe(0);
});

test("Chattermate GHSA-2q9h-mpj4-wq96: what stands in every page of the shop lists nobody's sessions", async () => {
  const ada = await opened(await enter(contactJwt(await sign({ sub: "ada", "comm100.name": "Ada" }))));
  await say(ada, "Where is my order?");
  const paths = [
    "sessions",
    "session",
    "conversation/messages",
    "events?poll=true",
    "agent/conversations",
    `agent/conversations/${ada.conversation.id}/messages`,
    "admin/contacts?platformKey=x",
    `sessions?deploymentId=mail-web`,
  ];
  const visitor = await opened(await enter({ type: "anonymous" }));
  const known = ["mail-web", "mail", "10000", ada.contact.id, ada.contact.platformKey, ada.id];
  for (const path of paths) {
    for (const token of [undefined, ...known]) {
      const response = await server.fetch(`/api/v1/${path}`, token === undefined ? {} : { token });
      expect([path, token, response.status]).toEqual([path, token, 401]);
    }
    const seen = await (await server.fetch(`/api/v1/${path}`, { token: visitor.sessionToken })).text();
    for (const theirs of ["Ada", "order", ada.contact.id, ada.id]) expect(seen).not.toContain(theirs);
  }
});

describe("Mattermost CVE-2026-9162: who is revoked keeps no live connection, whoever revokes", () => {
  const ways: Readonly<Record<string, (ada: OpenedSession) => Promise<unknown>>> = {
    "the customer, by a logout": ({ sessionToken: token }) =>
      server.fetch("/api/v1/session", { method: "DELETE", token }),
    "the customer, from another device": async ({ id }) => {
      const { sessionToken: token } = await opened(await enter(contactJwt(await sign({ sub: "ada" }))));
      return server.fetch(`/api/v1/sessions/${id}`, { method: "DELETE", token });
    },
    "the customer, everywhere": async () => {
      const { sessionToken: token } = await opened(await enter(contactJwt(await sign({ sub: "ada" }))));
      return server.fetch("/api/v1/session?everywhere=true", { method: "DELETE", token });
    },
    "an administrator who erases the contact": ({ contact }) => admin("DELETE", `contacts/${contact.id}`),
  };
  test.each(Object.entries(ways))("%s", async (_, revoke) => {
    const ada = await opened(await enter(contactJwt(await sign({ sub: "ada" }))));
    const [socket, stream] = [
      await server.live(ada.sessionToken),
      await openTestStream(server, ada.sessionToken),
    ];
    await stream.next("ready");
    await revoke(ada);
    await agentSays(ada.conversation.id, "for Ada alone");
    expect(await socket.closed).toBe(4401);
    expect(await stream.closed).toMatchObject({ code: 4401 });
    for (const { frames } of [socket, stream]) expect(JSON.stringify(frames)).not.toContain("for Ada alone");
  });
});

test("Socket.IO 5491: a connection that was lost is not resumed by who was revoked meanwhile", async () => {
  const ada = await opened(await enter(contactJwt(await sign({ sub: "ada" }))));
  const token = ada.sessionToken;
  await say(ada, "before");
  (await server.live(token, 0)).close();
  await server.fetch("/api/v1/session", { method: "DELETE", token });
  const socket = server.socket();
  socket.send({ t: "auth", token, afterSeq: 0 });
  expect(await socket.closed).toBe(4401);
  expect(socket.frames.filter(({ t }) => t === "ready" || t === "message")).toEqual([]);
  const resumed = await Promise.all([
    server.fetch("/api/v1/events?afterSeq=0", { token }),
    server.fetch("/api/v1/events?poll=true&afterSeq=0", { token }),
    server.fetch("/api/v1/events", { token, json: { frames: [{ t: "ping" }] } }),
  ]);
  expect(await Promise.all(resumed.map(outcome))).toEqual(Array(3).fill("session_revoked"));
});

test("intercom-rails 327: after a logout neither the session nor what it came from is good for anything", async () => {
  const identityToken = await sign({ sub: "ada" });
  const exchange = { siteId: 10_000, messengerId: "mail-web", contactJwt: identityToken };
  const { accessToken } = (await (await server.fetch("/api/v1/authorize", { json: exchange })).json()) as {
    accessToken: string;
  };
  const platform = { type: "platformJwt", token: accessToken };
  const ada = await opened(await enter(platform));
  expect((await server.fetch("/api/v1/session", { method: "DELETE", token: ada.sessionToken })).status).toBe(
    204,
  );
  for (const path of ["session", "sessions", "conversation/messages", "events?poll=true"])
    expect(await outcome(await server.fetch(`/api/v1/${path}`, { token: ada.sessionToken }))).toBe(
      "session_revoked",
    );
  expect(await outcome(await say(ada, "after"))).toBe("session_revoked");
  expect(await outcome(await enter(platform))).toBe("token_revoked");
  expect(await outcome(await enter(contactJwt(identityToken)))).toBe("token_revoked");
  expect(await outcome(await server.fetch("/api/v1/authorize", { json: exchange }))).toBe("token_revoked");
});

test("sunshine-conversations-web 707: a page reads every 401 for what it is, and renews", async () => {
  const ada = await opened(await enter(contactJwt(await sign({ sub: "ada" })), "mail-web", site));
  const bob = await opened(await enter(contactJwt(await sign({ sub: "bob" })), "mail-web", site));
  await server.fetch("/api/v1/session", { method: "DELETE", token: bob.sessionToken, origin: site });
  const late = await sign({ sub: "ada" });
  now += 24 * 60 * 60 * 1000;
  const ask = (path: string, token?: string) =>
    server.fetch(`/api/v1/${path}`, { origin: site, ...(token && { token }) });
  const refusals: readonly (readonly [string, Response])[] = [
    ["session_expired", await ask("session", ada.sessionToken)],
    ["session_expired", await ask("conversation/messages", ada.sessionToken)],
    ["session_expired", await ask("events", ada.sessionToken)],
    ["session_revoked", await ask("session", bob.sessionToken)],
    ["session_missing", await ask("session", "x".repeat(43))],
    ["session_missing", await ask("session")],
    ["token_expired", await enter(contactJwt(late), "mail-web", site)],
  ];
  for (const [code, response] of refusals) {
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([401, site]);
    expect(await outcome(response)).toBe(code);
  }
  expect(await outcome(await enter(contactJwt(await sign({ sub: "ada" })), "mail-web", site))).toBe("let in");
});
