import { describe, expect, it } from "vitest";
import { certificatePem } from "../identity/fixtures/certificate.ts";
import { rsa, secret } from "../identity/fixtures/signing.ts";
import { example } from "./fixtures/example.ts";
import { community, deployment, faults, keys, parse } from "./fixtures/faults.ts";

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
      expect.stringContaining("keys[3].jwks:"),
      expect.stringContaining("keys[2].jwksUrl:"),
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
      stepUp: "ask",
      oidc: null,
      session: { idleSeconds: 1800, absoluteSeconds: 86_400, anonymousSeconds: 259_200 },
      retention: { messageDays: null, visitorDays: null },
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

  it("takes keys by URL for keys", async () => {
    const url = { jwksUrl: "https://login.acme.example/jwks.json" };
    const config = await parse(community({ keys: [url], audience: "vouch" }));
    expect(config.warnings).toEqual([]);
  });

  it.each([
    ["neither", {}],
    ["the issuer alone", { issuer: "https://login.acme.example" }],
  ])(
    "warns of keys by URL where %s of issuer and audience is checked: every client's tokens pass",
    async (_, members) => {
      const url = { jwksUrl: "https://login.acme.example/jwks.json" };
      const config = await parse(community({ keys: [url], ...members }));
      expect(config.warnings).toEqual([
        expect.stringMatching(/^communities\[0\]\.keys\[0\]\.jwksUrl: .*for whichever client.*set audience/),
      ]);
    },
  );

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
    ["communities[0].retention.messageDays", community({ retention: { messageDays: 0 } })],
    ["communities[0].retention.x", community({ retention: { x: 1 } })],
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
    ["communities[0].keys[0].secret", keys({ alg: "HS256", secret: "" })],
    ["communities[0].keys[0].publicKey", keys({ alg: "ES256", publicKey: rsa.publicPem })],
    ["communities[0].keys[0].publicKey", keys({ alg: "RS256", publicKey: "x" })],
    ["communities[0].keys[0].publicKey", keys({ alg: "RS256", publicKey: certificatePem(rsa, 0, 1000) })],
    ["communities[0].keys[0].secret", keys({ alg: "HS256", secret: "short" })],
    ["communities[0].keys[0].secret", keys({ alg: "HS256", secret: rsa.publicPem })],
    ["communities[0].keys[0].secret", keys({ alg: "HS256", secret: { env: "ABSENT" } })],
    ["communities[0].keys[0].secret", keys({ alg: "HS256", secret: { env: "ABSENT", x: 1 } })],
    ["communities[0].keys[0].publicKey", keys({ alg: "HS256", secret, publicKey: rsa.publicPem })],
    ["communities[0].keys[0].kid", keys({ kid: "", alg: "HS256", secret })],
    ["communities[0].keys[0].x", keys({ alg: "HS256", secret, x: 1 })],
    ["communities[0].keys[0].jwks.keys[0].alg", keys({ jwks: { keys: [{ kty: "AKP" }] } })],
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

  it.each([
    ["communities", 10_000, (list: readonly unknown[]) => ({ communities: list })],
    ["deployments", 10_000, (list: readonly unknown[]) => ({ ...community({}), deployments: list })],
    ["communities[0].keys", 100, (list: readonly unknown[]) => keys(...list)],
    ["communities[0].keys[0].jwks.keys", 100, (list: readonly unknown[]) => keys({ jwks: { keys: list } })],
    [
      "communities[0].extraValueMapping",
      200,
      (list: readonly unknown[]) => community({ extraValueMapping: list }),
    ],
    [
      "deployments[0].allowedOrigins",
      1000,
      (list: readonly unknown[]) => deployment({ allowedOrigins: list }),
    ],
  ])("has at most so many %s: %i", async (path, max, holding) => {
    const wrong = (count: number) => faults(holding(Array.from({ length: count }, () => 1)));
    expect((await wrong(max)).length).toBeGreaterThanOrEqual(max);
    // Counted before any of them is looked at.
    expect(await wrong(max + 1)).toEqual([{ path, message: `must have at most ${max} elements` }]);
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
