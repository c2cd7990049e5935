import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { administratorOf, shopOrigin } from "../testing/administrator.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import * as answers from "./admin-answers.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const { admin, make, open, signIn } = administratorOf(() => server);

describe("A community made by an administrator", () => {
  test("counts at once: a generated token signs its customers in, its page may frame it, and only its page", async () => {
    const secret = await make("fresh");
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect((await signIn("fresh", secret)).status).toBe(201);
    const page = await server.fetch("/embed/fresh-web");
    expect(page.headers.get("content-security-policy")).toContain(`frame-ancestors ${shopOrigin}`);
    await admin("PATCH", "deployments/fresh-web", { allowedOrigins: ["https://elsewhere.example"] });
    const moved = await server.fetch("/embed/fresh-web");
    expect(moved.headers.get("content-security-policy")).not.toContain(shopOrigin);
    expect(await moved.text()).toContain("https://elsewhere.example");
    expect(await signIn("fresh", secret)).toMatchObject({ body: { code: "origin_not_allowed" } });
  });

  test("is shown with all that it is set to, defaults included, and nothing secret", async () => {
    const clientSecret = "a client secret that is not to be seen";
    const oidc = { name: "sso", discoveryUri: "https://login.example/.well-known/openid-configuration" };
    const made = await admin("POST", "communities", {
      id: "shown",
      oidc: { ...oidc, clientId: "vouch", clientSecret },
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        id: "shown",
        name: "shown",
        managedBy: "api",
        signedIdentities: "require",
        identityClaim: "sub",
        oidc: { ...oidc, clientId: "vouch", scope: "openid", clientSecretSet: true },
        updatedAt: expect.stringMatching(/Z$/),
      },
    });
    expect((await admin("GET", "communities/shown")).body).toEqual(made.body);
    const keptInStore = JSON.stringify(await server.store.configuration());
    const list = await admin("GET", "communities");
    expect(list.body).toMatchObject({ leftOut: [] });
    expect(list.body.communities).toContainEqual(made.body);
    // Whoever sends the rest back keeps the secret; for another provider it is gone.
    const kept = await admin("PATCH", "communities/shown", {
      oidc: { ...oidc, clientId: "vouch", scope: "openid email" },
    });
    expect(kept.body).toMatchObject({ oidc: { scope: "openid email", clientSecretSet: true } });
    const other = { ...oidc, discoveryUri: "https://evil.example/", clientId: "vouch" };
    const lost = await admin("PATCH", "communities/shown", { oidc: other });
    expect(lost.body).toMatchObject({ oidc: { clientSecretSet: false } });
    const log = await admin("GET", "audit");
    for (const { text } of [made, list, kept, lost, log]) expect(text).not.toContain(clientSecret);
    expect(keptInStore).not.toContain(clientSecret);
    expect(server.logged.join("\n")).not.toContain(clientSecret);
  });

  test("takes members one by one, and null for their defaults", async () => {
    await admin("POST", "communities", { id: "patched", name: "Before", audience: "a" });
    expect((await admin("PATCH", "communities/patched", { name: "After" })).body).toMatchObject({
      name: "After",
      audience: "a",
    });
    expect((await admin("PATCH", "communities/patched", { name: null, audience: null })).body).toMatchObject({
      name: "patched",
      audience: null,
    });
  });

  test("goes only after its deployments, and its id may be used again", async () => {
    await make("leaving");
    const early = await admin("DELETE", "communities/leaving");
    expect(early).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/leaving-web: remove them first/) },
    });
    expect((await admin("DELETE", "deployments/leaving-web")).status).toBe(204);
    expect((await admin("DELETE", "communities/leaving")).status).toBe(204);
    expect((await admin("GET", "communities/leaving")).status).toBe(404);
    expect((await admin("DELETE", "communities/leaving")).status).toBe(404);
    expect((await admin("POST", "communities", { id: "leaving" })).status).toBe(201);
  });

  test("and made again under its former id finds its former contacts, whoever signs now", async () => {
    const before = await signIn("again", await make("again"));
    await admin("DELETE", "deployments/again-web");
    await admin("DELETE", "communities/again");
    const after = await signIn("again", await make("again"));
    expect(after).toMatchObject({ status: 201, body: { conversation: before.body.conversation } });
  });
});

describe("An administrator is refused", () => {
  test.each([
    ["an id that is taken", "POST", "communities", { id: "taken" }, "id"],
    ["an id that the file has", "POST", "communities", { id: "acme" }, "id"],
    [
      "a deployment's id that the file has",
      "POST",
      "deployments",
      { id: "acme-web", community: "acme" },
      "id",
    ],
    ["an unknown member", "POST", "communities", { id: "x", nmae: "X" }, "nmae"],
    ["an id that is none", "POST", "communities", { id: "../x" }, "id"],
    ["a member of the wrong form", "POST", "communities", { id: "x", active: "yes" }, "active"],
    [
      "a secret from the environment",
      "POST",
      "communities",
      { id: "x", oidc: { name: "sso", clientSecret: { env: "VOUCH_SECRET" } } },
      "oidc.clientSecret",
    ],
    ["keys in a patch", "PATCH", "communities/taken", { keys: [] }, "keys"],
    ["another id in a patch", "PATCH", "communities/taken", { id: "other" }, "id"],
    ["a deployment of no community", "POST", "deployments", { id: "x", community: "none" }, "community"],
    [
      "an origin with a path",
      "POST",
      "deployments",
      { id: "x", community: "acme", allowedOrigins: ["https://a.example/x"] },
      "allowedOrigins[0]",
    ],
  ])("%s", async (_, method, path, json, fault) => {
    await admin("POST", "communities", { id: "taken" });
    const refused = await admin(method, path, json);
    expect(refused).toMatchObject({ status: 400, body: { code: "request_invalid" } });
    expect(refused.body.faults).toContainEqual({ path: fault, message: expect.any(String) });
  });

  test.each([
    ["PATCH", "communities/acme", { active: false }],
    ["DELETE", "communities/acme", undefined],
    ["POST", "communities/acme/keys", { alg: "HS256", generate: true }],
    ["DELETE", "communities/acme/keys/k", undefined],
    ["PATCH", "deployments/acme-web", { active: false }],
    ["DELETE", "deployments/acme-web", undefined],
  ])("to %s %s, which the file manages", async (method, path, json) => {
    expect(await admin(method, path, json)).toMatchObject({
      status: 403,
      body: { code: "forbidden", detail: expect.stringContaining("managed by the configuration file") },
    });
  });

  test("what is not there, by name", async () => {
    for (const path of ["communities/none", "communities/none/keys", "deployments/none"])
      expect(await admin("GET", path)).toMatchObject({ status: 404, body: { code: "not_found" } });
    await admin("POST", "communities", { id: "taken" });
    expect(await admin("DELETE", "communities/taken/keys/none")).toMatchObject({ status: 404 });
  });
});

describe("What is switched off or removed", () => {
  test.each([
    ["the deployment is switched off", "PATCH", "deployments/X-web", { active: false }],
    ["the community is switched off", "PATCH", "communities/X", { active: false }],
    ["the deployment is removed", "DELETE", "deployments/X-web", undefined],
    ["the deployment moves", "PATCH", "deployments/X-web", { community: "acme" }],
    ["signed identities are rejected", "PATCH", "communities/X", { signedIdentities: "reject" }],
  ])(
    "shuts its sessions out at once and closes their sockets, and nobody else's: %s",
    async (_, method, path, json) => {
      const id = `ending-${Math.random().toString(36).slice(2, 8)}`;
      const secret = await make(id);
      const { sessionToken } = (await signIn(id, secret)).body;
      const socket = await server.live(sessionToken);
      const other = await server.live((await server.signIn("ada")).sessionToken);
      expect((await admin(method, path.replace("X", id), json)).status).toBeLessThan(300);
      const asked = await server.fetch("/api/v1/session", { token: sessionToken });
      expect(asked.status).toBe(401);
      expect(await socket.next("session")).toMatchObject({ state: "revoked" });
      expect(await socket.closed).toBe(4401);
      other.send({ t: "ping" });
      await other.next("pong");
    },
  );
});

test("A community that requires signed identities keeps no visitor, and customers on", async () => {
  const secret = await make("stricter");
  const visitor = (await open("stricter-web", { type: "anonymous" })).body;
  const customer = (await signIn("stricter", secret)).body;
  const socket = await server.live(visitor.sessionToken);
  await admin("PATCH", "communities/stricter", { signedIdentities: "require" });
  const asked = await server.fetch("/api/v1/session", { token: visitor.sessionToken });
  expect(await asked.json()).toMatchObject({
    code: "session_revoked",
    detail: expect.stringContaining("signed-in customers only"),
  });
  expect(await socket.closed).toBe(4401);
  expect((await server.fetch("/api/v1/session", { token: customer.sessionToken })).status).toBe(200);
});

test("every answer is of the shape that the description of the API has", async () => {
  await make("shaped");
  for (const [path, schema] of [
    ["communities", answers.communities],
    ["communities/shaped", answers.community],
    ["communities/acme", answers.community],
    ["deployments", answers.deployments],
    ["deployments/shaped-web", answers.deployment],
    ["communities/shaped/keys", answers.keys],
    ["audit?limit=5", answers.auditPage],
  ] as const) {
    const { body } = await admin("GET", path);
    // Parsing drops what a schema does not have, and so shows what is sent and not described.
    expect(v.parse<v.GenericSchema>(schema, body), path).toEqual(body);
  }
});

describe("The audit log", () => {
  test("has every change, newest first, by pages, and says that its chain holds", async () => {
    await admin("POST", "communities", { id: "audited", name: "A" });
    await admin("PATCH", "communities/audited", { active: false, name: "B" });
    await admin("DELETE", "communities/audited");
    const { body } = await admin("GET", "audit?limit=3");
    expect(body).toMatchObject({
      intact: true,
      entries: [
        { action: "community.removed", target: "community/audited", actor: "administrator" },
        { action: "community.changed", detail: "Set name, active." },
        { action: "community.created", at: expect.stringMatching(/Z$/) },
      ],
    });
    const [, , { position }] = body.entries as [unknown, unknown, { position: number }];
    const older = await admin("GET", `audit?before=${position}&limit=1`);
    expect(older.body).toMatchObject({ intact: true, entries: [{ position: position - 1 }] });
  });

  test("has no entry of a change that was refused", async () => {
    const before = await admin("GET", "audit?limit=1");
    await admin("POST", "communities", { id: "x", nope: 1 });
    await admin("DELETE", "communities/acme");
    expect((await admin("GET", "audit?limit=1")).text).toBe(before.text);
  });
});
