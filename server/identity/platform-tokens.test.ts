import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { defaultLimits } from "../../shared/limits.ts";
import type { Deployment } from "../config/config.ts";
import { createSealer } from "../config/secret.ts";
import type { KeyStore, StoredPlatformKey } from "../store/store.ts";
import { refusal, refusalCode } from "./fixtures/refusal.ts";
import { claims, community, gate, nowSeconds, signed } from "./fixtures/signing.ts";
import { createPlatformTokens } from "./platform-tokens.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const sealer = createSealer("a master key for the tests, 32 characters or more");

/** What the store promises of keys, in memory. */
function keyStore(): KeyStore & { readonly keys: readonly StoredPlatformKey[] } {
  let keys: StoredPlatformKey[] = [];
  return {
    get keys() {
      return keys;
    },
    async platformKeys() {
      return keys;
    },
    async addPlatformKey(key, unlessNewerThan) {
      if (!keys.some(({ createdAt }) => createdAt > unlessNewerThan)) keys = [key, ...keys];
      return keys;
    },
    async removePlatformKeys(createdBefore) {
      keys = keys.filter(({ createdAt }) => createdAt >= createdBefore);
    },
  };
}

async function setUp() {
  const store = keyStore();
  const clock = { time: nowSeconds * 1000, now: () => clock.time };
  const node = () => createPlatformTokens({ store, sealer, clock, limits: defaultLimits });
  return { store, clock, node, tokens: await node() };
}

const deployment = { id: "acme-web", communityId: "acme" } as Deployment;
const contactJwt = await signed({ ...claims, "comm100.name": "Ada" });
const identity = await gate().verifyContactJwt(contactJwt, await community());

describe("A platform token", () => {
  it("carries the identity to its deployment, without the fields stored when it was issued", async () => {
    const { tokens } = await setUp();
    const { accessToken, expiresInSeconds } = await tokens.issue(identity, "acme-web", true);
    expect(expiresInSeconds).toBe(900);
    expect(await tokens.verify(accessToken, deployment)).toEqual({
      communityId: "acme",
      authId: "jwt",
      identity: "user-123",
      platformKey: identity.platformKey,
      fields: {},
      preview: true,
      token: {
        hashes: [expect.stringMatching(/^[0-9a-f]{64}$/), ...identity.token.hashes],
        issuedAtSeconds: claims.iat,
        expiresAtSeconds: claims.exp,
        singleUseId: null,
      },
      warnings: [],
    });
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: "EdDSA", typ: "vouch-platform+jwt" });
    expect(JSON.stringify(decodeJwt(accessToken))).not.toContain("Ada");
  });

  it("never outlives its Contact JWT", async () => {
    const { tokens } = await setUp();
    const short = { ...identity, token: { ...identity.token, expiresAtSeconds: nowSeconds + 100 } };
    const { accessToken, expiresInSeconds } = await tokens.issue(short, "acme-web", false);
    expect(expiresInSeconds).toBe(100);
    expect(decodeJwt(accessToken).exp).toBe(nowSeconds + 100);
  });

  it("is taken once where the Contact JWT is, under an id of its own", async () => {
    const { tokens } = await setUp();
    const once = { ...identity, token: { ...identity.token, singleUseId: "t-1" } };
    const { accessToken } = await tokens.issue(once, "acme-web", false);
    const { singleUseId } = (await tokens.verify(accessToken, deployment)).token;
    expect(singleUseId).toBe(`platform:${decodeJwt(accessToken).jti}`);
  });

  it("verifies by the published keys, which hold nothing private", async () => {
    const { tokens } = await setUp();
    const { accessToken } = await tokens.issue(identity, "acme-web", false);
    const { keys } = await tokens.jwks();
    expect(keys).toEqual([
      {
        kty: "OKP",
        crv: "Ed25519",
        x: expect.any(String),
        kid: expect.any(String),
        alg: "EdDSA",
        use: "sig",
      },
    ]);
    const [jwk = {}] = keys;
    const { payload } = await jwtVerify(accessToken, await importJWK(jwk, "EdDSA"), {
      currentDate: new Date(nowSeconds * 1000),
    });
    expect(payload.sub).toBe(identity.platformKey);
  });
});

describe("A platform token is refused", () => {
  it("as a Contact JWT, and a Contact JWT as a platform token", async () => {
    const { tokens } = await setUp();
    const { accessToken } = await tokens.issue(identity, "acme-web", false);
    const acme = await community();
    expect(await refusalCode(() => gate().verifyContactJwt(accessToken, acme))).toBe("type_not_allowed");
    expect(await refusalCode(() => tokens.verify(contactJwt, deployment))).toBe("type_not_allowed");
  });

  it("at its expiry", async () => {
    const { tokens, clock } = await setUp();
    const { accessToken } = await tokens.issue(identity, "acme-web", false);
    clock.time += 15 * minute - 1;
    await tokens.verify(accessToken, deployment);
    clock.time += 1;
    expect(await refusalCode(() => tokens.verify(accessToken, deployment))).toBe("token_expired");
  });

  it.each([
    ["at another deployment", { ...deployment, id: "acme-shop" }],
    ["once its deployment belongs to another community", { ...deployment, communityId: "other" }],
  ])("%s", async (_, place) => {
    const { tokens } = await setUp();
    const { accessToken } = await tokens.issue(identity, "acme-web", false);
    expect(await refusalCode(() => tokens.verify(accessToken, place))).toBe("audience_mismatch");
  });

  it("of another installation, changed, or malformed", async () => {
    const [{ tokens }, other] = [await setUp(), await setUp()];
    const { accessToken } = await other.tokens.issue(identity, "acme-web", false);
    expect(await refusalCode(() => tokens.verify(accessToken, deployment))).toBe("key_unknown");
    const own = (await tokens.issue(identity, "acme-web", false)).accessToken;
    const [head, body = "", signature] = own.split(".");
    const forged = Buffer.from(Buffer.from(body, "base64url").toString().replace("user-123", "user-124"));
    const changed = `${head}.${forged.toString("base64url")}.${signature}`;
    expect(await refusalCode(() => tokens.verify(changed, deployment))).toBe("signature_invalid");
    expect(await refusalCode(() => tokens.verify(`${own} `, deployment))).toBe("token_malformed");
    expect((await refusal(() => tokens.verify("{{platformJwt}}", deployment))).message).toMatch(
      /placeholder/,
    );
  });
});

describe("Platform keys", () => {
  it("are one for several nodes that start at the same time, and last over a restart", async () => {
    const { node, store } = await setUp();
    const [one, other] = await Promise.all([node(), node()]);
    expect(store.keys).toHaveLength(1);
    const { accessToken } = await one.issue(identity, "acme-web", false);
    expect((await other.verify(accessToken, deployment)).identity).toBe("user-123");
  });

  it("turn after 30 days; tokens of the old key live out their time, then it goes", async () => {
    const { tokens, clock, store } = await setUp();
    clock.time += 30 * day - 1;
    const old = await issueNow(tokens, clock);
    clock.time += 1;
    const fresh = await issueNow(tokens, clock);
    expect(decodeProtectedHeader(fresh).kid).not.toBe(decodeProtectedHeader(old).kid);
    expect((await tokens.jwks()).keys).toHaveLength(2);
    await tokens.verify(old, deployment);
    clock.time += 30 * minute;
    expect((await tokens.jwks()).keys).toHaveLength(1);
    expect(store.keys).toHaveLength(1);
    expect(await refusalCode(() => tokens.verify(old, deployment))).toBe("key_unknown");
  });

  it("turn once for many requests at the same time", async () => {
    const { tokens, clock, store } = await setUp();
    clock.time += 30 * day;
    let added = 0;
    const { addPlatformKey } = store;
    store.addPlatformKey = (...key) => {
      added++;
      return addPlatformKey(...key);
    };
    await Promise.all(Array.from({ length: 10 }, () => issueNow(tokens, clock)));
    expect(added).toBe(1);
    expect(store.keys).toHaveLength(2);
  });

  it("of another node are found within seconds, without asking the store for each token", async () => {
    const { tokens, node, clock, store } = await setUp();
    clock.time += 30 * day;
    const fresh = await issueNow(await node(), clock);
    let asked = 0;
    const { platformKeys } = store;
    store.platformKeys = () => {
      asked++;
      return platformKeys();
    };
    expect((await tokens.verify(fresh, deployment)).identity).toBe("user-123");
    clock.time += 6000;
    const stranger = (await (await setUp()).tokens.issue(identity, "acme-web", false)).accessToken;
    for (let run = 0; run < 20; run++)
      expect(await refusalCode(() => tokens.verify(stranger, deployment))).toMatch(
        /key_unknown|token_expired/,
      );
    expect(asked).toBe(1);
  });

  it("are sealed in the store, and can't be opened under another VOUCH_SECRET", async () => {
    const { store, clock } = await setUp();
    expect(store.keys[0]?.sealedJwk).toMatch(/^v1\.[A-Za-z0-9_-]+$/);
    const other = createSealer("another master key for the tests, 32 characters or more");
    await expect(
      createPlatformTokens({ store, sealer: other, clock, limits: defaultLimits }),
    ).rejects.toThrow(/VOUCH_SECRET/);
  });
});

async function issueNow(
  tokens: Awaited<ReturnType<typeof createPlatformTokens>>,
  clock: { now(): number },
): Promise<string> {
  const expiresAtSeconds = clock.now() / 1000 + 3600;
  const current = {
    ...identity,
    token: { ...identity.token, expiresAtSeconds: Math.floor(expiresAtSeconds) },
  };
  return (await tokens.issue(current, "acme-web", false)).accessToken;
}
