import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BreakingProvider, otherKey, startBreakingProvider } from "./testing/breaking-provider.ts";
import { type Companion, community, startCompanion } from "./testing/companion.ts";
import { type TurnedClock, turnedClock } from "./testing/turned-clock.ts";

let clock: TurnedClock;
let provider: BreakingProvider;
let companion: Companion;

beforeEach(async () => {
  clock = turnedClock();
  provider = await startBreakingProvider(clock);
  companion = await startCompanion(provider.discoveryUri, { clock });
});
afterEach(async () => {
  await companion.close();
  await provider.close();
});

const post = (token: string, place = community) =>
  companion.fetch(`/api/v1/oidc/backchannel-logout/${place}`, {
    method: "POST",
    body: new URLSearchParams({ logout_token: token }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
const signIn = async (claims: object = {}) =>
  companion.openSession({ type: "idToken", token: await provider.idToken({ ...claims }) });
const statusOf = async ({ sessionToken }: { sessionToken: string }) =>
  (await companion.fetch("/api/v1/session", { token: sessionToken })).status;

describe("A logout token", () => {
  it("ends every session of its customer within a second, and nobody else's", async () => {
    const [here, there, bob] = [
      await signIn({ sid: "1" }),
      await signIn({ jti: "2" }),
      await signIn({ sub: "bob" }),
    ];
    const socket = await companion.live(here.sessionToken);
    const response = await post(await provider.logoutToken());
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await socket.closed).toBe(4401);
    expect(await Promise.all([here, there, bob].map(statusOf))).toEqual([401, 401, 200]);
  });

  it("ends all of the customer's sessions although it names one of the provider's too", async () => {
    const [here, there] = [await signIn({ sid: "1" }), await signIn({ jti: "2" })];
    await post(await provider.logoutToken({ sid: "1" }));
    expect(await Promise.all([here, there].map(statusOf))).toEqual([401, 401]);
  });

  it("without sub ends those of the provider's session", async () => {
    const [here, there] = [await signIn({ sid: "1" }), await signIn({ sid: "2" })];
    expect((await post(await provider.logoutToken({ sub: undefined, sid: "1" }))).status).toBe(200);
    expect(await Promise.all([here, there].map(statusOf))).toEqual([401, 200]);
  });

  it("without sub refuses other ID tokens of that session, and not those of another or after a mere logout here", async () => {
    const [first, unused] = [
      await provider.idToken({ sid: "1" }),
      await provider.idToken({ sid: "1", jti: "2" }),
    ];
    const session = await companion.openSession({ type: "idToken", token: first });
    await companion.fetch("/api/v1/session", { method: "DELETE", token: session.sessionToken });
    const live = await companion.openSession({ type: "idToken", token: unused });
    await post(await provider.logoutToken({ sub: undefined, sid: "1" }));
    expect(await statusOf(live)).toBe(401);
    const third = await provider.idToken({ sid: "1", jti: "3" });
    expect(await companion.refusalOf({ type: "idToken", token: third })).toBe("token_revoked");
    expect(await statusOf(await signIn({ sid: "2" }))).toBe(200);
  });

  it("closes the door to ID tokens issued before it, also those that were never used", async () => {
    const before = await provider.idToken({ jti: "unused" });
    clock.pass(5);
    await post(await provider.logoutToken());
    expect(await companion.refusalOf({ type: "idToken", token: before })).toBe("token_revoked");
    const sameSecond = await provider.idToken();
    expect(await companion.refusalOf({ type: "idToken", token: sameSecond })).toBe("token_revoked");
    clock.pass(1);
    expect((await companion.ask({ type: "idToken", token: await provider.idToken() })).status).toBe(201);
  });

  it("does so for a customer who was never here", async () => {
    const before = await provider.idToken({ sub: "carol" });
    clock.pass(1);
    await post(await provider.logoutToken({ sub: "carol" }));
    expect(await companion.refusalOf({ type: "idToken", token: before })).toBe("token_revoked");
  });
});

describe("A logout token is refused", () => {
  const wellKnownEvent = "http://schemas.openid.net/event/backchannel-logout";
  const nowSeconds = () => clock.seconds();

  it.each<readonly [string, () => Promise<string> | string, string]>([
    ["typ JWT", () => provider.logoutToken({}, { typ: "JWT" }), "type_not_allowed"],
    ["no typ", () => provider.logoutToken({}, { typ: undefined }), "type_not_allowed"],
    ["an ID token", () => provider.idToken(), "type_not_allowed"],
    ["a nonce", () => provider.logoutToken({ nonce: "n" }), "type_not_allowed"],
    ["a nonce that is null", () => provider.logoutToken({ nonce: null }), "type_not_allowed"],
    ["no events", () => provider.logoutToken({ events: undefined }), "type_not_allowed"],
    ["events of another kind", () => provider.logoutToken({ events: { other: {} } }), "type_not_allowed"],
    ["events as text", () => provider.logoutToken({ events: wellKnownEvent }), "type_not_allowed"],
    [
      "the event as true",
      () => provider.logoutToken({ events: { [wellKnownEvent]: true } }),
      "type_not_allowed",
    ],
    ["neither sub nor sid", () => provider.logoutToken({ sub: undefined }), "identity_missing"],
    ["a sub that is no text", () => provider.logoutToken({ sub: 7 }), "identity_invalid"],
    ["a sid that is no text", () => provider.logoutToken({ sub: undefined, sid: 7 }), "token_malformed"],
    ["no jti", () => provider.logoutToken({ jti: undefined }), "token_malformed"],
    ["no iat", () => provider.logoutToken({ iat: undefined }), "token_malformed"],
    ["stale", () => provider.logoutToken({ iat: nowSeconds() - 121 }), "token_expired"],
    ["older than any date there is", () => provider.logoutToken({ iat: -9e15 }), "token_expired"],
    ["of the future", () => provider.logoutToken({ iat: nowSeconds() + 61 }), "token_not_yet_valid"],
    ["expired", () => provider.logoutToken({ exp: nowSeconds() }), "token_expired"],
    ["no expiry", () => provider.logoutToken({ exp: undefined }), "expiry_missing"],
    ["another issuer", () => provider.logoutToken({ iss: "https://evil.example" }), "issuer_mismatch"],
    ["another audience", () => provider.logoutToken({ aud: "other" }), "audience_mismatch"],
    ["a stranger's signature", () => provider.logoutToken({}, {}, otherKey), "signature_invalid"],
    ["an unknown kid", () => provider.logoutToken({}, { kid: "p2" }), "key_unknown"],
    ["alg none", () => provider.unsigned({ alg: "none", typ: "logout+jwt" }), "algorithm_not_allowed"],
    [
      "HS256 under the client secret",
      () => provider.unsigned({ alg: "HS256", kid: "p1", typ: "logout+jwt" }, "secret"),
      "algorithm_not_allowed",
    ],
    ["nothing", () => "", "token_malformed"],
  ])("%s", async (_name, make, code) => {
    const session = await signIn({ sid: "1" });
    const response = await post(await make());
    expect(response.status).toBe(400);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({ code, status: 400 });
    expect(await statusOf(session)).toBe(200);
  });

  it("a second time, so that it ends no later session", async () => {
    const token = await provider.logoutToken();
    expect((await post(token)).status).toBe(200);
    clock.pass(2);
    const later = await signIn();
    const again = await post(token);
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ code: "token_replayed" });
    expect(await statusOf(later)).toBe(200);
  });

  it("signed by a key of a community", async () => {
    const contactJwt = await companion.token("ada", "acme");
    expect((await post(contactJwt)).status).toBe(400);
  });

  it("for a community that is none, or has no provider, as by one whose provider has no such key", async () => {
    provider.discovery = { id_token_signing_alg_values_supported: ["RS256"] };
    const answer = async (token: string, place: string) => {
      const response = await post(token, place);
      return {
        status: response.status,
        headers: response.headers.get("cache-control"),
        text: await response.text(),
      };
    };
    const tokens = [
      await provider.logoutToken({}, { kid: "p2" }),
      await provider.logoutToken({}, { typ: "JWT" }),
      await provider.logoutToken({}, { kid: undefined }),
      provider.unsigned({ alg: "none", typ: "logout+jwt" }),
      "",
    ];
    for (const token of tokens) {
      const expected = await answer(token, community);
      expect(expected.status).toBe(400);
      for (const place of ["nowhere", "acme", "__proto__"])
        expect(await answer(token, place)).toEqual(expected);
    }
    for (const place of ["nowhere", "acme"])
      expect(await answer(await provider.logoutToken(), place)).toMatchObject({ status: 400 });
  });

  it("where its address has sent 600 of them at once, before anything is read of it", async () => {
    const token = await provider.logoutToken();
    const places = [community, "acme", "nowhere"];
    for (let n = 0; n < 600; n++) await post("", places[n % 3]);
    const refused = await post(token);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await post("", "nowhere")).status).toBe(429);
    clock.pass(1);
    expect((await post(token)).status).toBe(200);
  });

  it("and may come again while the provider's keys can't be had", async () => {
    await signIn();
    const other = await startBreakingProvider(clock);
    await other.close();
    const unreachable = await startCompanion(other.discoveryUri, { clock });
    try {
      const response = await unreachable.fetch(`/api/v1/oidc/backchannel-logout/${community}`, {
        method: "POST",
        body: `logout_token=${await provider.logoutToken()}`,
      });
      expect(response.status).toBe(503);
    } finally {
      await unreachable.close();
    }
  });
});
