import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { certificatePem } from "../identity/fixtures/certificate.ts";
import { clock, ec, keyPair, nowSeconds, rsa, secret } from "../identity/fixtures/signing.ts";
import { ConfigurationError, loadConfig, parseConfig } from "./load.ts";

const env = { ACME_SHARED_TOKEN: secret, ACME_OIDC_SECRET: "an OpenID client secret" };

const example = {
  siteId: 10_000,
  communities: [
    {
      id: "acme",
      name: "Acme customers",
      type: "messenger",
      active: true,
      signedIdentities: "require",
      identityClaim: "identity",
      keys: [
        { kid: "2026-rsa", alg: "RS256", publicKey: rsa.publicPem },
        { kid: "shared-1", alg: "HS256", secret: { env: "ACME_SHARED_TOKEN" } },
        { jwksUrl: "https://login.acme.example/jwks.json" },
        { jwks: { keys: [] } },
      ],
      issuer: null,
      audience: null,
      maxTokenLifetimeSeconds: 86_400,
      clockSkewSeconds: 60,
      singleUseTokens: false,
      session: { idleSeconds: 1800, absoluteSeconds: 86_400, anonymousSeconds: 259_200 },
      attributePrefix: "comm100.",
      extraValueMapping: [
        { key: "plan", field: "custom.plan" },
        { key: "tel", field: "phone" },
      ],
      oidc: {
        name: "sso",
        discoveryUri: "https://login.acme.example/.well-known/openid-configuration",
        clientId: "vouch",
        clientSecret: { env: "ACME_OIDC_SECRET" },
        scope: "openid profile email",
      },
    },
  ],
  deployments: [
    {
      id: "acme-web",
      community: "acme",
      name: "acme.example",
      active: true,
      allowedOrigins: ["https://www.acme.example", "https://*.acme.example", "http://localhost:*"],
      appearance: { title: "Acme", accent: "#0b5fff", position: "right", theme: "auto", locale: "auto" },
    },
  ],
  limits: { sessionRequestsPerMinute: 61, messagesPerSecond: 5, messageBurst: 20 },
};

const parse = (json: unknown) => parseConfig(json, env, clock);

async function faults(json: unknown): Promise<ConfigurationError["faults"]> {
  try {
    await parse(json);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

const community = (changes: object) => ({ communities: [{ id: "acme", ...changes }] });
const keys = (...entries: readonly unknown[]) => community({ keys: entries });
const deployment = (changes: object) => ({
  communities: [{ id: "acme" }],
  deployments: [{ id: "web", community: "acme", ...changes }],
});

describe("The configuration file", () => {
  it("of the contract is read whole", async () => {
    const config = await parse(example);
    expect(config.siteId).toBe(10_000);
    expect(config.limits).toMatchObject({ sessionRequestsPerMinute: 61, tokenBytes: 8192 });
    expect(config.communities.get("acme")).toMatchObject({
      identityClaim: "identity",
      keys: [
        { kid: "2026-rsa", alg: "RS256" },
        { kid: "shared-1", alg: "HS256" },
      ],
      jwksUrls: ["https://login.acme.example/jwks.json"],
    });
    expect(config.deployments.get("acme-web")).toMatchObject({ communityId: "acme", name: "acme.example" });
    expect(config.warnings).toEqual([
      expect.stringContaining("keys[2].jwksUrl"),
      expect.stringContaining("keys[3].jwks"),
      expect.stringContaining("oidc"),
    ]);
  });

  it("may leave out all that has a default", async () => {
    const config = await parse(deployment({}));
    expect(config.communities.get("acme")).toEqual({
      id: "acme",
      name: "acme",
      type: "messenger",
      active: true,
      signedIdentities: "require",
      identityClaim: "sub",
      keys: [],
      jwksUrls: [],
      issuer: null,
      audience: null,
      maxTokenLifetimeSeconds: 86_400,
      clockSkewSeconds: 60,
      singleUseTokens: false,
      session: { idleSeconds: 1800, absoluteSeconds: 86_400, anonymousSeconds: 259_200 },
      attributePrefix: "comm100.",
      extraValueMapping: [],
    });
    expect(config.deployments.get("web")).toEqual({
      id: "web",
      communityId: "acme",
      name: "web",
      active: true,
      allowedOrigins: [],
      appearance: { title: "Messenger", accent: "#0b5fff", position: "right", theme: "auto", locale: "auto" },
    });
    expect(config.warnings).toEqual([expect.stringContaining("nobody can sign in")]);
  });

  const weak = keyPair("RS256");
  it.each([
    ["communities", { communities: {} }],
    ["x", { x: 1 }],
    ["siteId", { siteId: 1.5 }],
    ["communities[0].x", community({ x: 1 })],
    ["communities[0].id", { communities: [{}] }],
    ["communities[0].id", community({ id: "a b" })],
    ["communities[0].id", community({ id: "__proto__" })],
    ["communities[1].id", { communities: [{ id: "acme" }, { id: "acme" }] }],
    ["communities[0]", { communities: ["acme"] }],
    ["communities[0].signedIdentities", community({ signedIdentities: "optional" })],
    ["communities[0].identityClaim", community({ identityClaim: "constructor" })],
    ["communities[0].identityClaim", community({ identityClaim: "prototype" })],
    ["communities[0].identityClaim", community({ identityClaim: "__proto__" })],
    ["communities[0].identityClaim", community({ identityClaim: "" })],
    ["communities[0].identityClaim", community({ identityClaim: "a".repeat(129) })],
    ["communities[0].maxTokenLifetimeSeconds", community({ maxTokenLifetimeSeconds: 0 })],
    ["communities[0].clockSkewSeconds", community({ clockSkewSeconds: 3600 })],
    ["communities[0].session.idleSeconds", community({ session: { idleSeconds: "1800" } })],
    ["communities[0].session", community({ session: [] })],
    ["communities[0].keys[0]", keys([])],
    ["communities[0].keys[0].jwks", keys({ jwks: [] })],
    ["communities[0].session.x", community({ session: { x: 1 } })],
    [
      "communities[0].extraValueMapping[0].field",
      community({ extraValueMapping: [{ key: "a", field: "nickname" }] }),
    ],
    [
      "communities[0].extraValueMapping[1].field",
      community({
        extraValueMapping: [
          { key: "a", field: "fax" },
          { key: "b", field: "fax" },
        ],
      }),
    ],
    ["communities[0].keys[0].alg", keys({ publicKey: rsa.publicPem })],
    ["communities[0].keys[0].alg", keys({ alg: "none", publicKey: rsa.publicPem })],
    ["communities[0].keys[0].alg", keys({ alg: "HS256", publicKey: rsa.publicPem })],
    ["communities[0].keys[0].alg", keys({ alg: "RS256", secret })],
    ["communities[0].keys[0].publicKey", keys({ alg: "RS256" })],
    ["communities[0].keys[0].publicKey", keys({ alg: "ES256", publicKey: rsa.publicPem })],
    ["communities[0].keys[0].publicKey", keys({ alg: "RS256", publicKey: "x" })],
    ["communities[0].keys[0].publicKey", keys({ alg: "RS256", publicKey: certificatePem(weak, 0, 1000) })],
    ["communities[0].keys[0].secret", keys({ alg: "HS256", secret: "short" })],
    ["communities[0].keys[0].secret", keys({ alg: "HS256", secret: rsa.publicPem })],
    ["communities[0].keys[0].secret", keys({ alg: "HS256", secret: { env: "ABSENT" } })],
    ["communities[0].keys[0].secret", keys({ alg: "HS256", secret: { env: "ABSENT", x: 1 } })],
    ["communities[0].keys[0].publicKey", keys({ alg: "HS256", secret, publicKey: rsa.publicPem })],
    ["communities[0].keys[0].kid", keys({ kid: "", alg: "HS256", secret })],
    ["communities[0].keys[0].x", keys({ alg: "HS256", secret, x: 1 })],
    ["communities[0].keys[0].jwks.keys[0].alg", keys({ jwks: { keys: [{ kty: "RSA" }] } })],
    ["communities[0].keys[0].jwks.keys", keys({ jwks: {} })],
    ["communities[0].keys[0].jwks.x", keys({ jwks: { keys: [], x: 1 } })],
    ["communities[0].keys[0].jwksUrl", keys({ jwksUrl: "http://login.acme.example/jwks.json" })],
    ["communities[0].keys[0].jwksUrl", keys({ jwksUrl: "https://user:word@login.acme.example/" })],
    ["communities[0].keys[0].jwksUrl", keys({ jwksUrl: "file:///etc/passwd" })],
    [
      "communities[0].oidc.name",
      community({ oidc: { name: "jwt", discoveryUri: "https://a.example", clientId: "x" } }),
    ],
    ["communities[0].oidc.clientId", community({ oidc: { name: "sso", discoveryUri: "https://a.example" } })],
    ["deployments[0].community", { deployments: [{ id: "web", community: "acme" }] }],
    ["deployments[0].allowedOrigins[0]", deployment({ allowedOrigins: ["*"] })],
    ["deployments[0].allowedOrigins[0]", deployment({ allowedOrigins: ["https://acme.example/"] })],
    ["deployments[0].appearance.accent", deployment({ appearance: { accent: "red" } })],
    ["deployments[0].appearance.locale", deployment({ appearance: { locale: "english!" } })],
    ["deployments[0].appearance.x", deployment({ appearance: { x: 1 } })],
    ["limits.x", { limits: { x: 1 } }],
    ["limits.messageBurst", { limits: { messageBurst: 0 } }],
    ["limits", { limits: [] }],
  ])("is refused for %s", async (path, json) => {
    expect((await faults(json)).map((fault) => fault.path)).toEqual([path]);
  });

  it("is refused for what is no object at all", async () => {
    for (const json of [null, [], "x", 1]) expect(await faults(json)).toHaveLength(1);
  });

  it("is refused with all of its faults in one go", async () => {
    const found = await faults({
      x: 1,
      communities: [
        {
          id: "acme",
          y: 1,
          keys: [
            { kid: "k", alg: "HS256", secret: "short" },
            { kid: "k", alg: "RS256", publicKey: "" },
          ],
        },
        { id: "acme" },
      ],
      deployments: [{ id: "web", community: "none", allowedOrigins: ["*"] }],
      limits: { z: 1 },
    });
    expect(found.map(({ path }) => path).sort()).toEqual([
      "communities[0].keys[0].secret",
      "communities[0].keys[1].kid",
      "communities[0].keys[1].publicKey",
      "communities[0].y",
      "communities[1].id",
      "deployments[0].allowedOrigins[0]",
      "deployments[0].community",
      "limits.z",
      "x",
    ]);
  });

  it("never shows a secret in a fault", async () => {
    const hidden = "hunter2-hunter2";
    const jwk = { kty: "RSA", d: hidden, n: hidden, alg: hidden, kid: [hidden], use: hidden };
    const found = await faults({
      communities: [
        {
          id: "acme",
          keys: [
            { kid: "a", alg: "HS256", secret: hidden },
            { kid: "b", alg: "HS256", secret: [hidden] },
            { kid: "c", alg: hidden, publicKey: hidden },
            { kid: "d", alg: "HS256", secret: { env: 5, secret: hidden } },
            { jwks: { keys: [jwk, { ...jwk, d: undefined }, { kty: "oct", k: hidden }, hidden] } },
            { jwksUrl: `http://${hidden}` },
            hidden,
          ],
          oidc: { name: hidden, clientSecret: [hidden], clientId: 5, discoveryUri: hidden },
        },
      ],
    });
    expect(found.length).toBeGreaterThan(10);
    expect(JSON.stringify(found)).not.toContain(hidden);
  });
});

describe("Keys of a community", () => {
  const shared = { kid: "a", alg: "HS256", secret };
  const rsaKey = { alg: "RS256", publicKey: rsa.publicPem };
  it.each([
    ["two share a kid", [shared, { ...rsaKey, kid: "a" }], ["communities[0].keys[1].kid"]],
    ["one of several has no kid", [shared, rsaKey], ["communities[0].keys[1].kid"]],
    [
      "a sole key has none beside a JWK set by URL",
      [rsaKey, { jwksUrl: "https://a.example/" }],
      ["communities[0].keys[0].kid"],
    ],
    ["a sole key has none", [rsaKey], []],
    ["all have their own", [shared, { ...rsaKey, kid: "b" }], []],
  ])("%s", async (_, entries, paths) => {
    expect((await faults(keys(...entries))).map(({ path }) => path)).toEqual(paths);
  });
});

describe("Two communities", () => {
  const two = (one: object, other: object) => ({
    communities: [
      { id: "one", ...one },
      { id: "two", ...other },
    ],
  });
  const key = { keys: [{ kid: "a", alg: "RS256", publicKey: rsa.publicPem }] };
  const sameKey = {
    keys: [{ kid: "b", alg: "RS256", publicKey: certificatePem(rsa, 0, (nowSeconds + 10) * 1000) }],
  };
  const otherKey = { keys: [{ kid: "a", alg: "ES256", publicKey: ec.publicPem }] };
  const url = { keys: [{ jwksUrl: "https://login.acme.example/jwks.json" }] };
  const byName = { keys: [{ kid: "s", alg: "HS256", secret: { env: "ACME_SHARED_TOKEN" } }] };

  it.each([
    ["a key", two(key, key), "communities[1].keys[0]"],
    ["a key in two forms", two(key, sameKey), "communities[1].keys[0]"],
    ["a secret", two({ keys: [{ alg: "HS256", secret }] }, byName), "communities[1].keys[0]"],
    ["a JWK set", two(url, url), "communities[1].keys[0].jwksUrl"],
    ["an issuer", two({ issuer: "i", ...key }, { issuer: "i", ...otherKey }), "communities[1].issuer"],
    ["a key, one without an audience", two({ ...key, audience: "a" }, key), "communities[1].keys[0]"],
    [
      "a key and an audience",
      two({ ...key, audience: "a" }, { ...key, audience: "a" }),
      "communities[1].keys[0]",
    ],
  ])("may not share %s", async (_, json, path) => {
    expect((await faults(json)).map((fault) => fault.path)).toEqual([path]);
  });

  it("may share what they trust where every token says which of them it is for", async () => {
    const one = { ...key, issuer: "i", audience: "one" };
    expect(await faults(two(one, { ...one, audience: "two" }))).toEqual([]);
    expect(await faults(two(key, otherKey))).toEqual([]);
  });
});

describe("A configuration file on disk", () => {
  const folder = mkdtempSync(join(tmpdir(), "vouch-config-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (content: string | Buffer): string => {
    const path = join(folder, "vouch.json");
    writeFileSync(path, content);
    return path;
  };
  const load = (path: string | null) => loadConfig(path, env, clock);

  it("is loaded, a byte order mark forgiven", async () => {
    expect((await load(file(`\uFEFF${JSON.stringify(example)}`))).communities.has("acme")).toBe(true);
  });

  it("that is absent is the empty configuration, with a warning", async () => {
    expect(await load(null)).toMatchObject({
      communities: new Map(),
      warnings: [expect.stringContaining("VOUCH_CONFIG")],
    });
  });

  it.each([
    [
      "a member twice",
      '{"communities":[{"id":"a","id":"b"}]}',
      { path: "communities[0].id", message: "is there twice" },
    ],
    ["a grammar fault", '{\n "siteId": 1,\n}', { path: "", message: expect.stringContaining("line 3") }],
    [
      "bytes that are no UTF-8",
      Buffer.from([0x7b, 0xff, 0x7d]),
      { path: "", message: expect.stringContaining("UTF-8") },
    ],
  ])("is refused for %s", async (_, content, fault) => {
    await expect(load(file(content))).rejects.toMatchObject({ name: "ConfigurationError", faults: [fault] });
  });

  it("is refused where it can't be read", async () => {
    await expect(load(join(folder, "none.json"))).rejects.toThrow(/none\.json can't be read \(ENOENT\)/);
  });
});
