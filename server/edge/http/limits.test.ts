import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { adminToken, startTestServer, type TestServer } from "../testing/test-server.ts";

async function withServer(
  options: Parameters<typeof startTestServer>[0],
  work: (server: TestServer) => Promise<void>,
): Promise<void> {
  const server = await startTestServer(options);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

const visit = (server: TestServer, deploymentId: string, forwardedFor?: string) =>
  server.fetch("/api/v1/sessions", {
    json: { deploymentId, identity: { type: "anonymous" } },
    ...(forwardedFor !== undefined && { headers: { "x-forwarded-for": forwardedFor } }),
  });

test("one address asks one deployment for so many sessions a minute, over all routes together", () =>
  withServer({ limits: { sessionRequestsPerMinute: 3 } }, async (server) => {
    expect((await visit(server, "acme-web")).status).toBe(201);
    expect((await visit(server, "acme-web")).status).toBe(201);
    const json = { siteId: 10_000, messengerId: "acme-web", contactJwt: await server.token("ada") };
    expect((await server.fetch("/authorize", { json })).status).toBe(200);
    const refused = await visit(server, "acme-web");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect(await refused.json()).toMatchObject({
      code: "rate_limited",
      retryAfterSeconds: expect.any(Number),
    });
    // Another deployment is another door: this one refuses for its own reason.
    expect((await visit(server, "other-web")).status).toBe(401);
  }));

test("a forwarded address is another customer only where a trusted proxy forwards it", async () => {
  const limits = { sessionRequestsPerMinute: 1 };
  const statuses = async (server: TestServer) => {
    const first = await visit(server, "acme-web", "198.51.100.1");
    const second = await visit(server, "acme-web", "198.51.100.2");
    return [first.status, second.status];
  };
  await withServer({ limits }, async (server) => {
    expect(await statuses(server)).toEqual([201, 429]);
  });
  await withServer({ limits, environment: { trustedProxies: ["127.0.0.0/8"] } }, async (server) => {
    expect(await statuses(server)).toEqual([201, 201]);
  });
});

test("a session's messages over HTTP and over its sockets share one allowance", () =>
  withServer({ limits: { messagesPerSecond: 1, messageBurst: 3 } }, async (server) => {
    const { sessionToken } = await server.visit();
    const socket = await server.live(sessionToken);
    const send = () =>
      server.fetch("/api/v1/conversation/messages", {
        token: sessionToken,
        json: { id: randomUUID(), text: "x" },
      });
    socket.send({ t: "send", id: randomUUID(), text: "x" });
    await socket.next("ack");
    expect((await send()).status).toBe(201);
    expect((await send()).status).toBe(201);
    const refused = await send();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    const id = randomUUID();
    socket.send({ t: "send", id, text: "x" });
    expect(await socket.next("refused")).toMatchObject({
      id,
      code: "rate_limited",
      retryAfterMs: expect.any(Number),
    });
  }));

test("metrics are for this machine, and elsewhere for the administrator", () =>
  withServer({}, async (server) => {
    await server.visit();
    const local = await server.fetch("/metrics");
    expect(local.headers.get("content-type")).toMatch(/^text\/plain/);
    const text = await local.text();
    expect(text).toContain('vouch_sessions_opened_total{method="anonymous"} 1');
    expect(text).toContain('vouch_sockets{kind="customer"} 0');
    const headers = { "x-forwarded-for": "127.0.0.1" };
    expect((await server.fetch("/metrics", { headers })).status).toBe(401);
    expect((await server.fetch("/metrics", { headers, token: adminToken })).status).toBe(200);
  }));

test("the log names routes, results and request ids, and holds no token, text, address or query", () =>
  withServer({}, async (server) => {
    const jwt = await server.token("zoe");
    const opened = await server.fetch("/api/v1/sessions", {
      json: { deploymentId: "acme-web", identity: { type: "contactJwt", token: jwt } },
    });
    const { sessionToken, conversation } = (await opened.json()) as {
      sessionToken: string;
      conversation: { id: string };
    };
    const text = "my secret diagnosis";
    const token = sessionToken;
    await server.fetch("/api/v1/conversation/messages", { token, json: { id: randomUUID(), text } });
    await server.fetch("/api/v1/conversation/messages", { token, json: { id: 1, text } });
    await server.fetch(`/api/v1/session?access_token=${token}`, { token });
    await server.fetch("/api/v1/session", { token: jwt });
    await server.fetch(`/api/v1/agent/conversations/${conversation.id}`, { token: adminToken });
    await server.fetch(`/nothing/${token}`);
    const socket = await server.live(token);
    socket.send({ t: "send", id: randomUUID(), text });
    await socket.next("ack");
    const log = server.logged.join("");
    for (const secret of [jwt, token, text, adminToken, conversation.id, "access_token", "zoe"])
      expect(log).not.toContain(secret);
    const lines = server.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(
      expect.objectContaining({
        event: "request",
        requestId: opened.headers.get("x-request-id"),
        method: "POST",
        route: "/api/v1/sessions",
        status: 201,
        ms: expect.any(Number),
      }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ status: 400, code: "request_invalid" }));
  }));

test("a body of a thousand faults is refused in an answer that is no longer than the body", () =>
  withServer({}, async (server) => {
    const { sessionToken } = await server.visit();
    const post = async (path: string, token: string, body: string) => {
      const response = await server.fetch(`/api/v1/${path}`, { token, body });
      expect(response.status).toBe(400);
      return (await response.json()) as { detail: string; faults: { path: string; message: string }[] };
    };
    const ones = `[${"1,".repeat(30_000)}1]`;
    const message = `{"id":"${randomUUID()}","text":"a","attachments":${ones}}`;
    // Not one by one: each fault costs more than the two bytes that make it.
    expect(await post("conversation/messages", sessionToken, message)).toMatchObject({
      faults: [{ path: "attachments", message: "expected 20 or less" }],
    });
    const { detail, faults } = await post("admin/communities", adminToken, `{"id":"x","keys":${ones}}`);
    expect(faults).toHaveLength(20);
    expect(detail).toMatch(/keys\[19\]: expected \w+; and 29981 more\.$/);
  }));

test("faults of the configuration itself are told in full as far as the twentieth, and counted then", () =>
  withServer({}, async (server) => {
    const refusalOf = async (allowedOrigins: readonly string[]) => {
      const json = { id: "x", community: "acme", allowedOrigins };
      const response = await server.fetch("/api/v1/admin/deployments", { token: adminToken, json });
      expect(response.status).toBe(400);
      return (await response.json()) as { detail: string; faults: { path: string; message: string }[] };
    };
    const many = await refusalOf(Array(1000).fill("x"));
    expect(many.faults).toHaveLength(20);
    expect(many.detail).toMatch(/allowedOrigins\[19\] must be an origin[^;]*; and 980 more\.$/);
    expect(await refusalOf(Array(10_000).fill("x"))).toMatchObject({
      faults: [{ path: "allowedOrigins", message: "must have at most 1000 elements" }],
    });
  }));
