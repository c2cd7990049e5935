import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adminToken, agentToken, startTestServer, type TestServer } from "../testing/test-server.ts";

/**
 * Every route, asked by everyone. The rows are written out rather than computed from the routes' own declarations, so
 * that a declaration that is too generous turns a row red; a route without a row does as well.
 */
const who = [
  "no one",
  "visitor",
  "customer",
  "other customer",
  "other community",
  "agent",
  "administrator",
] as const;
type Who = (typeof who)[number];

let server: TestServer;
let tokens: Record<Exclude<Who, "no one">, string>;
let conversationId: string;

beforeAll(async () => {
  server = await startTestServer();
  const [visitor, ada, bob, eve] = await Promise.all([
    server.visit(),
    server.signIn("ada"),
    server.signIn("bob"),
    server.signIn("eve", "other"),
  ]);
  tokens = {
    visitor: visitor.sessionToken,
    customer: ada.sessionToken,
    "other customer": bob.sessionToken,
    "other community": eve.sessionToken,
    agent: agentToken,
    administrator: adminToken,
  };
  conversationId = ada.conversation.id;
});
afterAll(() => server.close());

/** Answers by caller, in the order of `who`. */
const sessionOnly = (status: number) => [401, status, status, status, status, 403, 403];
const customersOnly = (status: number) => [401, 403, status, status, status, 403, 403];
const agentsOnly = (status: number) => [401, 403, 403, 403, 403, status, status];
const administratorsOnly = (status: number) => [401, 403, 403, 403, 403, 403, status];
const everyone = (status: number) => who.map(() => status);
const id = "00000000-0000-4000-8000-000000000001";
const message = { id, text: "hello" };
const generated = { alg: "HS256", generate: true, kid: "new" };

const rows: readonly (readonly [string, readonly number[], object?])[] = [
  ["GET /api/v1/deployments/acme-web", everyone(200)],
  // Whoever asks, nobody's token is looked at: the body alone decides.
  ["POST /api/v1/authorize", everyone(400), {}],
  ["POST /api/v1/securemessage/authorize", everyone(400), {}],
  ["POST /authorize", everyone(400), {}],
  ["POST /securemessage/authorize", everyone(400), {}],
  ["POST /api/v1/sessions", everyone(400), {}],
  ["GET /api/v1/sessions", customersOnly(200)],
  ["DELETE /api/v1/sessions", customersOnly(400)],
  ["DELETE /api/v1/sessions/:session", customersOnly(404)],
  ["GET /api/v1/session", sessionOnly(200)],
  ["POST /api/v1/session/renew", sessionOnly(400), {}],
  ["GET /api/v1/conversation/messages", sessionOnly(200)],
  ["POST /api/v1/conversation/messages", sessionOnly(201), message],
  ["POST /api/v1/conversation/read", sessionOnly(204), { seq: 0 }],
  ["GET /api/v1/events?poll=true", sessionOnly(200)],
  ["POST /api/v1/events", sessionOnly(200), { frames: [] }],
  ["GET /api/v1/agent/conversations", agentsOnly(200)],
  ["GET /api/v1/agent/conversations/:id", agentsOnly(200)],
  ["PATCH /api/v1/agent/conversations/:id", agentsOnly(200), { state: "open" }],
  ["GET /api/v1/agent/conversations/:id/messages", agentsOnly(200)],
  ["POST /api/v1/agent/conversations/:id/messages", agentsOnly(400), { id }],
  ["POST /api/v1/agent/conversations/:id/read", agentsOnly(204), { seq: 0 }],
  ["POST /api/v1/admin/tokens/check", administratorsOnly(200), { token: "x", community: "acme" }],
  ["GET /api/v1/admin/communities", administratorsOnly(200)],
  ["POST /api/v1/admin/communities", administratorsOnly(201), { id: "made", active: false }],
  ["GET /api/v1/admin/communities/made", administratorsOnly(200)],
  ["PATCH /api/v1/admin/communities/made", administratorsOnly(200), { name: "Made" }],
  ["GET /api/v1/admin/communities/made/keys", administratorsOnly(200)],
  ["POST /api/v1/admin/communities/made/keys", administratorsOnly(201), generated],
  ["DELETE /api/v1/admin/communities/made/keys/new", administratorsOnly(204)],
  ["GET /api/v1/admin/deployments", administratorsOnly(200)],
  ["POST /api/v1/admin/deployments", administratorsOnly(201), { id: "made-web", community: "made" }],
  ["GET /api/v1/admin/deployments/made-web", administratorsOnly(200)],
  ["PATCH /api/v1/admin/deployments/made-web", administratorsOnly(200), { active: false }],
  ["DELETE /api/v1/admin/deployments/made-web", administratorsOnly(204)],
  ["DELETE /api/v1/admin/communities/made", administratorsOnly(204)],
  ["GET /api/v1/admin/audit", administratorsOnly(200)],
  ["GET /api/v1/admin/contacts?platformKey=x", administratorsOnly(404)],
  ["GET /api/v1/admin/contacts/x", administratorsOnly(404)],
  ["DELETE /api/v1/admin/contacts/x", administratorsOnly(404)],
  ["POST /api/v1/admin/backup", administratorsOnly(200)],
  ["GET /api/v1/admin/erasures", administratorsOnly(200)],
  ["GET /refused.js", everyone(200)],
  ["GET /embed/acme-web", everyone(200)],
  ["GET /console/", everyone(200)],
  ["GET /console", everyone(308)],
  ["GET /problems/not_found", everyone(200)],
  // Pages, refusals too: this community has no OpenID provider, and nobody here has started a sign-in.
  ["GET /oidc/sign-in/acme-web", everyone(400)],
  ["GET /oidc/callback", everyone(400)],
  ["GET /oidc/sign-in.js", everyone(200)],
  ["GET /", everyone(200)],
  ["GET /messenger.js", everyone(200)],
  ["GET /assets/main-abc.js", everyone(200)],
  ["GET /console/assets/desk-abc.js", everyone(200)],
  ["GET /.well-known/jwks.json", everyone(200)],
  ["GET /openapi.json", everyone(200)],
  ["GET /healthz", everyone(200)],
  ["GET /readyz", everyone(200)],
  // No one, asking from this machine.
  ["GET /metrics", [200, 403, 403, 403, 403, 403, 200]],
  // No token is there, and it is not told that the community has no OpenID provider.
  ["POST /api/v1/oidc/backchannel-logout/acme", everyone(400), {}],
  // No form with a file, and no attachment of this id.
  ["POST /api/v1/attachments", sessionOnly(400), {}],
  ["POST /api/v1/agent/conversations/:id/attachments", agentsOnly(400), {}],
  ["GET /api/v1/attachments/x", [401, 404, 404, 404, 404, 404, 404]],
  ["GET /api/v1/attachments/x/thumbnail", [401, 404, 404, 404, 404, 404, 404]],
  // Last: it ends the sessions that the others use.
  ["DELETE /api/v1/session", sessionOnly(204)],
];

const pathOf = (row: string): string => row.replace(":id", conversationId).replace(":session", id);

for (const [row, statuses, json] of rows) {
  describe(row, () => {
    test.each(who.map((caller, index) => ({ caller, status: statuses[index] ?? 0 })))(
      "$caller: $status",
      async ({ caller, status }) => {
        const [method = "", path = ""] = pathOf(row).split(" ");
        const response = await server.fetch(path, {
          method,
          ...(caller !== "no one" && { token: tokens[caller] }),
          ...(json && { json }),
        });
        expect(response.status).toBe(status);
        if (status === 401) expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
        if (status >= 400 && !response.headers.get("content-type")?.startsWith("text/html"))
          expect(await response.json()).toMatchObject({ code: expect.any(String), status });
      },
    );
  });
}

test("every route of the table has a row above", () => {
  const missing = server.routes.filter(
    ({ method, path }) => !rows.some(([row]) => matches(row, `${method} ${path}`)),
  );
  expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

test("every route of the table is in the API description, under a name of its own", async () => {
  const response = await server.fetch("/openapi.json");
  const { paths, openapi } = (await response.json()) as { openapi: string; paths: Paths };
  expect(openapi).toMatch(/^3\.1/);
  for (const { method, path, summary } of server.routes) {
    const documented = path.replace(/:([^/]+)/g, "{$1}");
    expect(paths[documented]?.[method.toLowerCase()], `${method} ${path}`).toMatchObject({ summary });
  }
  const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map((o) => o.operationId));
  expect(new Set(ids).size).toBe(ids.length);
});

type Paths = Record<string, Record<string, { summary: string; operationId: string }>>;

const matches = (row: string, route: string): boolean =>
  new RegExp(`^${route.replace(/:[^/]+/g, "[^/]+")}$`).test(row.replace(/\?.*$/, ""));
