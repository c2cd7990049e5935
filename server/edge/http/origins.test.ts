import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agentToken, otherSite, site, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let acme: string;
beforeAll(async () => {
  server = await startTestServer();
  acme = (await server.signIn("ada")).sessionToken;
});
afterAll(() => server.close());

const stranger = "https://evil.example";
const allowOrigin = (response: Response) => response.headers.get("access-control-allow-origin");

describe("a session", () => {
  test.each([
    ["no page at all", undefined, 200],
    ["a page of its deployment", site, 200],
    ["a page of a wildcard of its deployment", "http://localhost:5173", 200],
    ["a page of another deployment", otherSite, 403],
    ["a stranger's page", stranger, 403],
    ["an opaque origin", "null", 403],
  ])("used by %s (%s): %i", async (_, origin, status) => {
    const response = await server.fetch("/api/v1/session", { token: acme, ...(origin && { origin }) });
    expect(response.status).toBe(status);
  });

  test("used by our own frame", async () => {
    for (const origin of [server.url, server.url.replace("127.0.0.1", "localhost")])
      expect((await server.fetch("/api/v1/session", { token: acme, origin })).status).toBe(200);
  });
});

test("a session is opened, and its place looked up, from the deployment's pages only", async () => {
  const identity = { type: "anonymous" };
  for (const [origin, opened, shown] of [
    [site, 201, 200],
    [otherSite, 403, 403],
    [stranger, 403, 403],
  ] as const) {
    const json = { deploymentId: "acme-web", identity };
    expect((await server.fetch("/api/v1/sessions", { origin, json })).status).toBe(opened);
    expect((await server.fetch("/api/v1/deployments/acme-web", { origin })).status).toBe(shown);
  }
});

test("a page that may see answers sees the refusals as well, and why", async () => {
  const refused = await server.fetch("/api/v1/session", { token: "x".repeat(43), origin: site });
  expect([refused.status, allowOrigin(refused)]).toEqual([401, site]);
  expect(refused.headers.get("access-control-expose-headers")).toContain("Retry-After");
  expect(refused.headers.get("vary")).toContain("Origin");
  const misplaced = await server.fetch("/api/v1/session", { token: acme, origin: otherSite });
  expect([misplaced.status, allowOrigin(misplaced)]).toEqual([403, otherSite]);
  expect(await misplaced.json()).toMatchObject({ code: "origin_not_allowed" });
});

test("a stranger's page sees nothing, not even of public documents that are not for pages", async () => {
  for (const path of ["/api/v1/session", "/healthz", "/api/v1/nothing"])
    expect(allowOrigin(await server.fetch(path, { origin: stranger }))).toBeNull();
  expect(allowOrigin(await server.fetch("/messenger.js", { origin: stranger }))).toBe("*");
});

test("agents work at the desk served here, never from a customer's page", async () => {
  const path = "/api/v1/agent/conversations";
  expect((await server.fetch(path, { token: agentToken, origin: server.url })).status).toBe(200);
  expect((await server.fetch(path, { token: agentToken, origin: site })).status).toBe(403);
});

describe("a preflight", () => {
  const ask = (origin: string) =>
    server.fetch("/api/v1/sessions", {
      method: "OPTIONS",
      origin,
      headers: { "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
    });

  test("from a page in any list is answered, never with credentials", async () => {
    const response = await ask(otherSite);
    expect(response.status).toBe(204);
    expect(allowOrigin(response)).toBe(otherSite);
    expect(response.headers.get("access-control-allow-methods")).toContain("DELETE");
    expect(response.headers.get("access-control-allow-headers")).toBe("Authorization, Content-Type");
    expect(response.headers.get("access-control-max-age")).toBe("7200");
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
  });

  test("is answered for every route of the table, with its method and the headers that requests carry", async () => {
    const routes = server.routes.filter(({ path }) => path.startsWith("/api/v1/"));
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining([
        "GET /api/v1/sessions",
        "DELETE /api/v1/sessions/:id",
        "GET /api/v1/admin/audit",
      ]),
    );
    const wanted = [...new Set(routes.map(({ method }) => method))].sort();
    for (const { method, path } of routes) {
      const response = await server.fetch(path.replace(/:[^/]+/g, "x"), {
        method: "OPTIONS",
        origin: site,
        headers: {
          "access-control-request-method": method,
          "access-control-request-headers": "authorization,content-type",
        },
      });
      const list = (name: string) => response.headers.get(name)?.split(", ").sort();
      expect([response.status, list("access-control-allow-methods")], `${method} ${path}`).toEqual([
        204,
        wanted,
      ]);
      expect(list("access-control-allow-headers")).toEqual(["Authorization", "Content-Type"]);
    }
  });

  test("from a stranger is refused", async () => {
    const response = await ask(stranger);
    expect([response.status, allowOrigin(response)]).toEqual([403, null]);
  });
});
