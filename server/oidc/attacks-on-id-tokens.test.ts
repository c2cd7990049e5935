import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ProblemCode } from "../../shared/problems.ts";
import { refusalCode } from "../identity/fixtures/refusal.ts";
import { acceptIdToken, type CodeAssertion, exchangeCode } from "./sign-ins.ts";
import { type BreakingProvider, clientId, clientSecret, otherKey } from "./testing/breaking-provider.ts";
import { type SignInWorld, startSignInWorld } from "./testing/sign-in-world.ts";
import { hashClaim } from "./token-hash-claims.ts";

let world: SignInWorld;
beforeAll(async () => {
  world = await startSignInWorld();
});
afterAll(() => world.provider.close());
beforeEach(() => Object.assign(world.provider, { claims: {}, answer: {}, status: 200 }));

const code = (more: Partial<CodeAssertion> = {}): CodeAssertion => ({
  code: "code of the tests",
  redirectUri: "https://www.acme.example/callback",
  ...more,
});
const exchange = async (more: Partial<CodeAssertion> = {}) =>
  exchangeCode(world.deps, await world.place(), code(more));
const nowSeconds = () => Math.floor(world.clock.now() / 1000);

/** Name; how the provider is broken; code of the refusal; what the page asked for. */
type Row = readonly [
  name: string,
  damage: (provider: BreakingProvider) => unknown,
  code: ProblemCode,
  asked?: Partial<CodeAssertion>,
];

const withClaims = (claims: object | (() => object)) => (provider: BreakingProvider) => {
  provider.claims = { ...(typeof claims === "function" ? claims() : claims) };
};
const withIdToken = (make: (provider: BreakingProvider) => unknown) => async (provider: BreakingProvider) => {
  provider.answer = { id_token: await make(provider) };
};

const rows: readonly Row[] = [
  // OpenID Connect Core 1.0, section 3.1.3.7, by its steps.
  ["2: another issuer", withClaims({ iss: "https://login.evil.example" }), "issuer_mismatch"],
  ["2: the issuer with a slash more", (p) => withClaims({ iss: `${p.url}/` })(p), "issuer_mismatch"],
  ["2: no issuer", withClaims({ iss: undefined }), "issuer_mismatch"],
  ["3: another client's audience", withClaims({ aud: "other" }), "audience_mismatch"],
  ["3: audiences without us", withClaims({ aud: ["other", "third"] }), "audience_mismatch"],
  ["3: no audience", withClaims({ aud: undefined }), "audience_mismatch"],
  ["3: the client id in other letters", withClaims({ aud: clientId.toUpperCase() }), "audience_mismatch"],
  ["4: several audiences and no azp", withClaims({ aud: [clientId, "other"] }), "audience_mismatch"],
  ["5: azp of another client", withClaims({ azp: "other" }), "audience_mismatch"],
  [
    "5: azp of another client, several audiences",
    withClaims({ aud: [clientId, "other"], azp: "other" }),
    "audience_mismatch",
  ],
  ["5: azp null", withClaims({ azp: null }), "audience_mismatch"],
  [
    "6: signed by a stranger under the right kid",
    withIdToken((p) => p.idToken({}, {}, otherKey)),
    "signature_invalid",
  ],
  ["6: unknown kid", withIdToken((p) => p.idToken({}, { kid: "p2" })), "key_unknown"],
  ["6: no kid", withIdToken((p) => p.idToken({}, { kid: undefined })), "key_id_required"],
  ["7: alg none", withIdToken((p) => p.unsigned({ alg: "none" })), "algorithm_not_allowed"],
  [
    "7: alg None with kid",
    withIdToken((p) => p.unsigned({ alg: "None", kid: "p1" })),
    "algorithm_not_allowed",
  ],
  [
    "7: an algorithm that the key is not for",
    withIdToken((p) => p.idToken({}, { alg: "PS256" })),
    "algorithm_not_allowed",
  ],
  [
    "8: HS256 with the client secret",
    withIdToken((p) => p.unsigned({ alg: "HS256", kid: "p1" }, clientSecret)),
    "algorithm_not_allowed",
  ],
  [
    "8: HS256 with the client secret, no kid",
    withIdToken((p) => p.unsigned({ alg: "HS256" }, clientSecret)),
    "algorithm_not_allowed",
  ],
  ["9: expired", withClaims(() => ({ exp: nowSeconds() })), "token_expired"],
  ["9: no expiry", withClaims({ exp: undefined }), "expiry_missing"],
  ["9: expiry in milliseconds", withClaims(() => ({ exp: nowSeconds() * 1000 })), "expiry_too_far"],
  ["9: not valid yet", withClaims(() => ({ nbf: nowSeconds() + 120 })), "token_not_yet_valid"],
  ["10: issued long ago", withClaims(() => ({ iat: nowSeconds() - 601 })), "token_expired"],
  ["10: issued before any date there is", withClaims({ iat: -9e15 }), "token_expired"],
  ["10: issued in the future", withClaims(() => ({ iat: nowSeconds() + 120 })), "token_not_yet_valid"],
  ["10: no iat", withClaims({ iat: undefined }), "token_malformed"],
  ["11: another nonce", withClaims({ nonce: "other" }), "oidc_nonce_mismatch", { nonce: "asked" }],
  ["11: no nonce though asked for", withClaims({}), "oidc_nonce_mismatch", { nonce: "asked" }],
  ["11: a nonce that nobody asked for", withClaims({ nonce: "other" }), "oidc_nonce_mismatch"],
  ["11: a nonce that is no text", withClaims({ nonce: 5 }), "oidc_nonce_mismatch"],
  ["11: an empty nonce that nobody asked for", withClaims({ nonce: "" }), "oidc_nonce_mismatch"],
  [
    "13: no auth_time though max_age was asked for",
    withClaims({}),
    "oidc_exchange_failed",
    { maxAgeSeconds: 60 },
  ],
  [
    "13: stale auth_time",
    withClaims(() => ({ auth_time: nowSeconds() - 121 })),
    "oidc_exchange_failed",
    { maxAgeSeconds: 60 },
  ],
  [
    "13: stale auth_time, max_age 0",
    withClaims(() => ({ auth_time: nowSeconds() - 61 })),
    "oidc_exchange_failed",
    { maxAgeSeconds: 0 },
  ],
  [
    "13: auth_time in the future",
    withClaims(() => ({ auth_time: nowSeconds() + 120 })),
    "token_not_yet_valid",
    { maxAgeSeconds: 60 },
  ],
  [
    "13: auth_time as text",
    withClaims(() => ({ auth_time: String(nowSeconds()) })),
    "oidc_exchange_failed",
    { maxAgeSeconds: 60 },
  ],
  ["13: auth_time no number, unasked", withClaims({ auth_time: "yesterday" }), "oidc_exchange_failed"],
  // Sections 3.1.3.6 and 3.3.2.11.
  [
    "at_hash of another access token",
    withClaims({ at_hash: hashClaim("other", "RS256") }),
    "oidc_exchange_failed",
  ],
  [
    "at_hash: the whole hash instead of its half",
    withClaims({ at_hash: "x".repeat(43) }),
    "oidc_exchange_failed",
  ],
  ["at_hash null", withClaims({ at_hash: null }), "oidc_exchange_failed"],
  ["c_hash of another code", withClaims({ c_hash: hashClaim("other", "RS256") }), "oidc_exchange_failed"],
  // Section 2, and what else a signed token may be.
  ["no sub", withClaims({ sub: undefined }), "identity_missing"],
  ["sub a number", withClaims({ sub: 7 }), "identity_invalid"],
  ["sub empty", withClaims({ sub: "" }), "identity_invalid"],
  ["sub with a NUL", withClaims({ sub: "ada\u0000" }), "identity_invalid"],
  ["an access token (RFC 9068)", withIdToken((p) => p.idToken({}, { typ: "at+jwt" })), "type_not_allowed"],
  ["a logout token", withIdToken((p) => p.logoutToken()), "type_not_allowed"],
  [
    "a logout token without its typ",
    withIdToken((p) => p.logoutToken({}, { typ: "JWT" })),
    "type_not_allowed",
  ],
  ["a key in the header", withIdToken((p) => p.idToken({}, { jwk: {} })), "header_not_allowed"],
  [
    "the address of keys in the header",
    withIdToken((p) => p.idToken({}, { jku: "https://evil.example" })),
    "header_not_allowed",
  ],
  ["encrypted", withIdToken(() => "a.b.c.d.e"), "token_malformed"],
  ["not a token", withIdToken(() => "hello"), "token_malformed"],
  ["a number", withIdToken(() => 5), "oidc_exchange_failed"],
  ["none at all", withIdToken(() => undefined), "oidc_exchange_failed"],
];

describe("An ID token from the token endpoint is refused:", () => {
  const tests = rows.map(([name, damage, expected, asked = {}]) => ({ name, damage, expected, asked }));
  it.each(tests)("$name", async ({ damage, expected, asked }) => {
    await damage(world.provider);
    expect(await refusalCode(() => exchange(asked))).toBe(expected);
  });

  /** A provider of its own, because what it is asked for once is kept. */
  async function refusedBy(damage: (provider: BreakingProvider) => void): Promise<ProblemCode> {
    const own = await startSignInWorld();
    try {
      damage(own.provider);
      const place = await own.place();
      return await refusalCode(() => exchangeCode(own.deps, place, code()));
    } finally {
      await own.provider.close();
    }
  }

  it("signed with keys that were swapped behind the JWK set's back", async () => {
    expect(await refusedBy((provider) => provider.swapKey())).toBe("signature_invalid");
  });

  it("of an algorithm that the provider does not sign with, by a key of its set", async () => {
    const refused = await refusedBy((provider) => {
      provider.discovery = { id_token_signing_alg_values_supported: ["ES256", "HS256", "none"] };
    });
    expect(refused).toBe("algorithm_not_allowed");
  });
});

describe("An ID token from a page is refused:", () => {
  const accept = async (token: string, nonce?: string) =>
    acceptIdToken(world.deps, await world.place(), { token, ...(nonce !== undefined && { nonce }) });

  it.each<readonly [string, object, ProblemCode, string | undefined]>([
    ["another issuer", { iss: "https://login.evil.example" }, "issuer_mismatch", undefined],
    ["another audience", { aud: "other" }, "audience_mismatch", undefined],
    ["azp of another client", { azp: "other" }, "audience_mismatch", undefined],
    ["a nonce, and none was given", { nonce: "n" }, "oidc_nonce_mismatch", undefined],
    ["another nonce", { nonce: "n" }, "oidc_nonce_mismatch", "m"],
    ["no nonce", {}, "oidc_nonce_mismatch", "m"],
    ["expired", { exp: 1 }, "token_expired", undefined],
    [
      "older than maxTokenLifetimeSeconds",
      { iat: Date.UTC(2026, 10, 20, 9, 29) / 1000 },
      "token_expired",
      undefined,
    ],
    [
      "longer than maxTokenLifetimeSeconds",
      { exp: Date.UTC(2026, 10, 23) / 1000 },
      "expiry_too_far",
      undefined,
    ],
  ])("%s", async (_name, claims, expected, nonce) => {
    const token = await world.provider.idToken({ ...claims });
    expect(await refusalCode(() => accept(token, nonce))).toBe(expected);
  });

  it("a Contact JWT's kind of secret: HS256", async () => {
    const token = world.provider.unsigned({ alg: "HS256", kid: "p1" }, clientSecret);
    expect(await refusalCode(() => accept(token))).toBe("algorithm_not_allowed");
  });

  it("but it may be older than one fresh from the provider, since the page may have kept it", async () => {
    const token = await world.provider.idToken({ iat: nowSeconds() - 3000 });
    expect((await accept(token)).identity.platformKey).toBe("v1/acme/AUTH/sso/uid:ada");
  });
});
