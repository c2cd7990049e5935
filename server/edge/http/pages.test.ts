import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problems } from "../../../shared/problems.ts";
import { site, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

function policyOf(response: Response): Map<string, string> {
  const directives = (response.headers.get("content-security-policy") ?? "").split("; ");
  return new Map(
    directives.map((directive) => {
      const [name = "", ...values] = directive.split(" ");
      return [name, values.join(" ")];
    }),
  );
}

describe("the frame page", () => {
  test("is framed by the deployment's allowed origins alone, and runs no code but ours", async () => {
    const policy = policyOf(await server.fetch("/embed/acme-web"));
    expect(Object.fromEntries(policy)).toEqual({
      "default-src": "'none'",
      "script-src": "'self'",
      "connect-src": `'self' ${server.url.replace("http", "ws")}`,
      "style-src": "'self'",
      "img-src": "'self' data: blob:",
      "font-src": "'self'",
      "frame-ancestors": `${site} http://localhost:*`,
      "base-uri": "'none'",
      "form-action": "'none'",
      "object-src": "'none'",
      "require-trusted-types-for": "'script'",
      "trusted-types": "'none'",
    });
  });

  test("carries what the engine needs to start, and nothing executable inline", async () => {
    const html = await (await server.fetch("/embed/acme-web")).text();
    const json = /<script type="application\/json" id="vouch-deployment">(.*?)<\/script>/.exec(html)?.[1];
    expect(JSON.parse(json ?? "")).toEqual({
      deployment: await (await server.fetch("/api/v1/deployments/acme-web")).json(),
      allowedOrigins: [site, "http://localhost:*"],
    });
    expect(html).toContain('<script type="module" src="/assets/main-abc.js"></script>');
    expect(html).toContain('<link rel="modulepreload" href="/assets/shared-def.js">');
    expect(html).toContain('<div id="messenger"></div>');
    expect(html).not.toMatch(/<style|style=|<script>|\son\w+=/);
  });

  test.each([
    ["unknown", "/embed/nope", 404, "*"],
    ["switched off", "/embed/acme-off", 403, site],
    ["hostile", "/embed/%3Cscript%3E", 404, "*"],
    ["no text at all", "/embed/%ff", 404, "*"],
  ])(
    "of a deployment that is %s says so to people and to the page around it",
    async (_, path, status, framedBy) => {
      const response = await server.fetch(path);
      expect([response.status, response.headers.get("cache-control")]).toEqual([status, "no-store"]);
      const policy = policyOf(response);
      expect(policy.get("frame-ancestors")).toBe(framedBy);
      expect([policy.get("default-src"), policy.get("script-src")]).toEqual(["'none'", "'self'"]);
      const html = await response.text();
      expect(html).toContain("This messenger is not available");
      expect(html).not.toMatch(
        /<style|<script(?! type="application\/json"| type="module" src="\/refused.js")/,
      );
    },
  );

  test.each(["evil.example", "evil.example:1; script-src *", "a b"])(
    "does not believe the Host header %j",
    async (host) => {
      // fetch() writes the header itself.
      const call = request(`${server.url}/embed/acme-web`, { headers: { host } }).end();
      const [response] = (await once(call, "response")) as [IncomingMessage];
      expect(JSON.stringify(response.headers)).not.toContain(host);
      expect(await text(response)).not.toContain(host);
    },
  );
});

test("the desk has a strict policy, is framed by nobody and shares its process with nobody", async () => {
  const response = await server.fetch("/console/");
  const policy = policyOf(response);
  expect(policy.get("frame-ancestors")).toBe("'none'");
  expect(policy.get("script-src")).toBe("'self'");
  expect(policy.get("require-trusted-types-for")).toBe("'script'");
  expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin");
  expect(await response.text()).toContain('src="/console/assets/desk-abc.js"');
});

test("every code has a page that explains it", async () => {
  for (const [code, { title }] of Object.entries(problems)) {
    const response = await server.fetch(`/problems/${code}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(title.replaceAll("'", "&#39;"));
  }
  expect((await server.fetch("/problems/constructor")).status).toBe(404);
});

describe("caching", () => {
  test.each([
    ["/messenger.js", "public, max-age=300, stale-while-revalidate=86400", "cross-origin"],
    ["/assets/main-abc.js", "public, max-age=31536000, immutable", "cross-origin"],
    ["/console/assets/desk-abc.js", "public, max-age=31536000, immutable", "same-origin"],
    ["/embed/acme-web", "no-cache", "cross-origin"],
    ["/api/v1/deployments/acme-web", "public, max-age=60", "same-origin"],
    ["/assets/nope.js", "no-store", "same-origin"],
    ["/assets/connection-ofBefore.js", "no-cache", "cross-origin"],
    ["/api/v1/session", "no-store", "same-origin"],
  ])("of %s: %s", async (path, cacheControl, resourcePolicy) => {
    const { headers } = await server.fetch(path);
    expect(headers.get("cache-control")).toBe(cacheControl);
    expect(headers.get("cross-origin-resource-policy")).toBe(resourcePolicy);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("permissions-policy")).toContain("camera=()");
    expect(headers.get("strict-transport-security")).toBeNull();
  });

  test("a deployment that has not changed is not sent again", async () => {
    const path = "/api/v1/deployments/acme-web";
    const etag = (await server.fetch(path)).headers.get("etag") ?? "";
    const again = await server.fetch(path, { headers: { "if-none-match": etag } });
    expect(again.status).toBe(304);
  });
});

test("a deployment tells the public no more than the contract says", async () => {
  expect(await (await server.fetch("/api/v1/deployments/acme-web")).json()).toEqual({
    id: "acme-web",
    name: "acme-web.example",
    signedIdentities: "accept",
    signIn: { required: false, methods: ["contactJwt", "platformJwt"], stepUp: "ask" },
    appearance: expect.objectContaining({ title: "Acme", position: "right" }),
    locales: ["en"],
    limits: {
      messageCharacters: 4000,
      messageBytes: 16_384,
      messagesPerSecond: 5,
      messageBurst: 20,
      attachmentBytes: 10_485_760,
      attachmentsPerMessage: 10,
    },
  });
});

test("a public https address brings HSTS and makes that origin the only own one", async () => {
  const secure = await startTestServer({ environment: { publicUrl: "https://chat.acme.example" } });
  try {
    const response = await secure.fetch("/embed/acme-web");
    expect(response.headers.get("strict-transport-security")).toMatch(/^max-age=\d+/);
    expect(policyOf(response).get("connect-src")).toBe("'self' wss://chat.acme.example");
    const own = { deploymentId: "acme-web", identity: { type: "anonymous" } };
    const ask = (origin: string) => secure.fetch("/api/v1/sessions", { origin, json: own });
    expect((await ask("https://chat.acme.example")).status).toBe(201);
    expect((await ask(secure.url)).status).toBe(403);
  } finally {
    await secure.close();
  }
});

test("the platform keys are public, and hold nothing private", async () => {
  const response = await server.fetch("/.well-known/jwks.json");
  const { keys } = (await response.json()) as { keys: Record<string, string>[] };
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) expect(Object.keys(key)).not.toContain("d");
});

test("a health check that speaks HTTP/1.0 and names no host is answered", async () => {
  const peer = connect(Number(new URL(server.url).port), "127.0.0.1");
  peer.write("GET /healthz HTTP/1.0\r\n\r\n");
  expect(await text(peer)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});
