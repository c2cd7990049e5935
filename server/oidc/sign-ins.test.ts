import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { refusal, refusalCode } from "../identity/fixtures/refusal.ts";
import { type CodeAssertion, exchangeCode, renewSignIn } from "./sign-ins.ts";
import { clientId, clientSecret } from "./testing/breaking-provider.ts";
import { type SignInWorld, startSignInWorld } from "./testing/sign-in-world.ts";
import { hashClaim } from "./token-hash-claims.ts";

let world: SignInWorld;
beforeAll(async () => {
  world = await startSignInWorld();
});
afterAll(() => world.provider.close());
beforeEach(() => Object.assign(world.provider, { claims: {}, answer: {}, status: 200 }));

const redirectUri = "https://www.acme.example/callback?from=shop";
const exchange = async (more: Partial<CodeAssertion> = {}) =>
  exchangeCode(world.deps, await world.place(), { code: "c", redirectUri, ...more });
const nowSeconds = () => Math.floor(world.clock.now() / 1000);

describe("A code", () => {
  it("becomes an identity under the provider's name, with everything the page asked for", async () => {
    world.provider.claims = {
      nonce: "n",
      auth_time: nowSeconds() - 30,
      at_hash: hashClaim("access token of the tests", "RS256"),
      c_hash: hashClaim("c", "RS256"),
      azp: clientId,
      aud: [clientId, "other"],
      sid: "s-1",
    };
    const asked = { nonce: "n", maxAgeSeconds: 60, codeVerifier: "v".repeat(43), iss: world.provider.url };
    const { identity, grant } = await exchange(asked);
    expect(identity).toMatchObject({
      authId: "sso",
      platformKey: "v1/acme/AUTH/sso/uid:ada",
      preview: false,
    });
    expect(identity.token).toMatchObject({
      hashes: [expect.stringMatching(/^[0-9a-f]{64}$/)],
      issuedAtSeconds: nowSeconds(),
      singleUseId: expect.stringMatching(/^code:[0-9a-f]{64}$/),
    });
    expect(grant).toEqual({ sealedRefreshToken: null, providerSession: "s-1" });
  });

  it("goes to the provider with its verifier and the redirect URI as the page used it", async () => {
    await exchange({ codeVerifier: "v".repeat(43) });
    expect(Object.fromEntries(world.provider.requests.at(-1)?.form ?? [])).toEqual({
      grant_type: "authorization_code",
      code: "c",
      redirect_uri: redirectUri,
      code_verifier: "v".repeat(43),
    });
  });

  it("is refused where the response's iss is another provider's, before the provider sees it", async () => {
    const before = world.provider.requests.length;
    expect(await refusalCode(() => exchange({ iss: "https://login.evil.example" }))).toBe("issuer_mismatch");
    expect(await refusalCode(() => exchange({ iss: `${world.provider.url}/` }))).toBe("issuer_mismatch");
    expect(world.provider.requests.length).toBe(before);
  });

  it.each([
    [400, { error: "invalid_grant" }, "oidc_exchange_failed"],
    [400, { error: "temporarily_unavailable" }, "unavailable"],
    [401, { error: "invalid_client" }, "oidc_exchange_failed"],
    [500, {}, "unavailable"],
    [503, { error: "invalid_grant" }, "unavailable"],
    [429, {}, "unavailable"],
    [200, { access_token: undefined }, "oidc_exchange_failed"],
    [200, { token_type: "mac" }, "oidc_exchange_failed"],
  ])("answered with %i %o is refused", async (status, answer, code) => {
    Object.assign(world.provider, { status, answer });
    const problem = await refusal(() => exchange());
    expect(problem.code).toBe(code);
    expect(problem.kind.retryable ?? false).toBe(code === "unavailable");
    expect(problem.message).not.toContain(clientSecret);
    expect(world.reports.splice(0).length).toBe(code === "unavailable" ? 1 : 0);
  });
});

describe("The customer's fields", () => {
  const fieldsOf = async (claims: Record<string, unknown>) => {
    world.provider.claims = claims;
    const { identity } = await exchange();
    return identity;
  };

  it("are the standard claims under their own names", async () => {
    const { fields } = await fieldsOf({
      name: "Ada",
      nickname: "ada",
      email: "ada@acme.example",
      phone_number: "+49",
      picture: "x",
    });
    expect(fields).toEqual({
      name: { value: "Ada", claim: "name" },
      alias: { value: "ada", claim: "nickname" },
      email: { value: "ada@acme.example", claim: "email" },
      phone: { value: "+49", claim: "phone_number" },
    });
  });

  it.each([
    [undefined, true],
    [true, true],
    ["true", true],
    [false, false],
    ["false", false],
    [0, false],
    [null, false],
  ])("hold an e-mail address whose email_verified is %o: %o", async (email_verified, shown) => {
    const { fields, warnings } = await fieldsOf({ email: "ada@acme.example", email_verified });
    expect("email" in fields).toBe(shown);
    expect(warnings.map(({ code }) => code)).toEqual(shown ? [] : ["attribute_invalid"]);
  });

  it("leave an unchecked address out whatever maps it", async () => {
    const own = await startSignInWorld({
      attributePrefix: "",
      extraValueMapping: [{ key: "email", field: "custom.mail" }],
    });
    try {
      own.provider.claims = { email: "ada@acme.example", email_verified: false, name: "Ada" };
      const { identity } = await exchangeCode(own.deps, await own.place(), { code: "c", redirectUri });
      expect(identity.fields).toEqual({ name: { value: "Ada", claim: "name" } });
    } finally {
      await own.provider.close();
    }
  });

  it("follow the operator's mapping and say which claim they are from", async () => {
    const own = await startSignInWorld({
      extraValueMapping: [
        { key: "nickname", field: "name" },
        { key: "department", field: "custom.team" },
      ],
    });
    try {
      own.provider.claims = { nickname: "ada", name: "Ada Lovelace", department: "Engines" };
      const { identity } = await exchangeCode(own.deps, await own.place(), { code: "c", redirectUri });
      expect(identity.fields).toEqual({
        name: { value: "ada", claim: "nickname" },
        "custom.team": { value: "Engines", claim: "department" },
      });
    } finally {
      await own.provider.close();
    }
  });

  it("follow the operator's prefix first", async () => {
    const { fields } = await fieldsOf({ name: "Ada", "comm100.name": "Countess" });
    expect(fields.name).toEqual({ value: "Countess", claim: "comm100.name" });
  });
});

describe("A refresh token", () => {
  const signIn = async (claims: object = {}) => {
    world.provider.answer = { refresh_token: "refresh-token-1" };
    world.provider.claims = { ...claims };
    return (await exchange("nonce" in claims ? { nonce: String(claims.nonce) } : {})).grant;
  };
  const renew = async (grant: Parameters<typeof renewSignIn>[2]) =>
    renewSignIn(world.deps, await world.place(), grant);

  it("is sealed, and renews the sign-in; a rotated one takes its place", async () => {
    const grant = await signIn({ sid: "s-1" });
    expect(grant.sealedRefreshToken).not.toContain("refresh-token-1");
    world.provider.answer = { refresh_token: "r-2" };
    const renewed = await renew(grant);
    expect(world.provider.requests.at(-1)?.form.get("refresh_token")).toBe("refresh-token-1");
    if (renewed.kind !== "renewed") throw renewed.problem;
    expect(renewed.identity).toMatchObject({ platformKey: "v1/acme/AUTH/sso/uid:ada" });
    expect(renewed.grant.providerSession).toBe("s-1");
    await renew(renewed.grant);
    expect(world.provider.requests.at(-1)?.form.get("refresh_token")).toBe("r-2");
  });

  it("is kept where the provider gives no other, and renews without a new ID token", async () => {
    const grant = await signIn();
    world.provider.answer = { id_token: undefined };
    const renewed = await renew(grant);
    if (renewed.kind !== "renewed") throw renewed.problem;
    expect(renewed.identity).toMatchObject({ identity: "ada", token: null });
    await renew(renewed.grant);
    expect(world.provider.requests.at(-1)?.form.get("refresh_token")).toBe("refresh-token-1");
  });

  it.each([
    ["another customer", { sub: "bob" }, "identity_changed"],
    ["another issuer", { iss: "https://login.evil.example" }, "issuer_mismatch"],
    ["another audience", { aud: "other" }, "audience_mismatch"],
    ["a newer auth_time", { auth_time: 1_795_253_400 }, "oidc_exchange_failed"],
    ["another nonce", { nonce: "m" }, "oidc_nonce_mismatch"],
    ["a wrong at_hash", { at_hash: "x" }, "oidc_exchange_failed"],
    ["an old ID token", { iat: 1_795_000_000 }, "token_expired"],
  ])("renews nothing where the new ID token has %s", async (_name, claims, code) => {
    const grant = await signIn({ nonce: "n", auth_time: nowSeconds() - 100 });
    Object.assign(world.provider, { claims, answer: {} });
    expect(await refusalCode(() => renew(grant))).toBe(code);
  });

  it("that came for another customer is not kept, one whose ID token could not be taken is", async () => {
    const grant = await signIn();
    world.provider.answer = { refresh_token: "r-2" };
    world.provider.claims = { sub: "bob" };
    expect(await refusalCode(() => renew(grant))).toBe("identity_changed");
    world.provider.claims = { aud: "other" };
    expect(await renew(grant)).toMatchObject({ kind: "rotated", problem: { code: "audience_mismatch" } });
  });

  it("may be answered with the nonce and the auth_time of the sign-in", async () => {
    const claims = { nonce: "n", auth_time: nowSeconds() - 100 };
    expect((await renew(await signIn(claims))).kind).toBe("renewed");
  });

  it("is over once the provider says so, and not while it is down or does not know us", async () => {
    const grant = await signIn();
    Object.assign(world.provider, { status: 400, answer: { error: "invalid_grant" } });
    expect(await renew(grant)).toMatchObject({ kind: "over", problem: { code: "oidc_exchange_failed" } });
    Object.assign(world.provider, { status: 400, answer: { error: "invalid_client" } });
    expect(await refusalCode(() => renew(grant))).toBe("oidc_exchange_failed");
    Object.assign(world.provider, { status: 500 });
    expect(await refusalCode(() => renew(grant))).toBe("unavailable");
  });

  it("is not shown to another provider that the configuration names later", async () => {
    const grant = await signIn();
    const before = world.provider.requests.length;
    const place = await world.place();
    for (const changed of [{ issuer: "https://login.other.example" }, { clientId: "other" }]) {
      const other = { ...place, provider: { ...place.provider, ...changed } };
      expect((await renewSignIn(world.deps, other, grant)).kind).toBe("over");
    }
    expect(world.provider.requests.length).toBe(before);
  });
});
