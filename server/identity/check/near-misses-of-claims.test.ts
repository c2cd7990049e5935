import { describe, expect, it } from "vitest";
import { describeNearMisses, type NearMiss, report, resultOf } from "../fixtures/checking.ts";
import { claims, community, ed, nowSeconds, signed } from "../fixtures/signing.ts";
import { noJwkSets } from "../jwk-sets.ts";

const good = await signed();
const having = (payload: object): Promise<string> => signed({ ...claims, ...payload });
const at = (seconds: number): Promise<string> =>
  signed({ identity: "u", iat: nowSeconds + seconds, exp: nowSeconds + seconds + 300 });

const times: readonly NearMiss[] = [
  ["exp in milliseconds", "lifetime", having({ exp: claims.exp * 1000 }), /milliseconds.*Math\.floor/],
  ["exp in microseconds", "lifetime", having({ exp: claims.exp * 1e6 }), /microseconds/],
  ["exp in nanoseconds", "lifetime", having({ exp: claims.exp * 1e9 }), /nanoseconds/],
  ["iat in milliseconds", "issuedAt", having({ iat: claims.iat * 1000 }), /milliseconds/],
  ["nbf in milliseconds", "notBefore", having({ nbf: claims.iat * 1000 }), /milliseconds/],
  ["exp as text", "expiry", having({ exp: String(claims.exp) }), /without quotation marks/],
  ["exp as a date", "expiry", having({ exp: "2026-11-21T10:00:00Z" }), /date.*seconds/],
  ["exp as a duration in words", "expiry", having({ exp: "1h" }), /duration/],
  ["exp as a duration", "expired", having({ exp: 3600 }), /duration.*point in time/],
  ["exp with a fraction", "expiry", having({ exp: claims.exp + 0.5 }), /fraction.*Round/],
  ["expires_at", "expiry", signed({ identity: "u", expires_at: claims.exp }), /“expires_at”.*exp/],
  ["a clock seven minutes ahead", "issuedAt", at(7 * 60), /7 minutes ahead.*clock/],
  ["a clock that is an hour ahead", "issuedAt", at(3600), /60 minutes ahead.*another time zone.*UTC/],
  ["local time as far east as India", "issuedAt", at(5.5 * 3600), /5\.5 hours ahead.*UTC/],
  ["a clock twelve minutes behind", "expired", at(-12 * 60), /12 minutes|7 minutes slow/],
  ["local time of New York", "expired", at(-5 * 3600), /5 hours behind.*UTC/],
  ["a clock a year ahead", "lifetime", at(365 * 86_400), /365 days ahead/],
];

const claimRows: readonly NearMiss[] = [
  [
    "the identity in other letters",
    "identity",
    signed({ exp: claims.exp, Identity: "u" }),
    /“Identity” instead.*identityClaim/,
  ],
  ["the identity as sub", "identity", signed({ exp: claims.exp, sub: "u" }), /“sub” instead/],
  ["the identity as user_id", "identity", signed({ exp: claims.exp, user_id: 7 }), /“user_id” instead/],
  [
    "a slip in the claim's name",
    "identity",
    signed({ exp: claims.exp, identiyt: "u" }),
    /“identiyt” instead/,
  ],
  [
    "user_id where userId is configured",
    "identity",
    signed({ exp: claims.exp, user_id: "u" }),
    /“user_id” instead/,
    { identityClaim: "userId" },
  ],
  ["the e-mail address only", "identity", signed({ exp: claims.exp, email: "a@b.example" }), /changes hands/],
  [
    "the identity one level down",
    "identity",
    signed({ exp: claims.exp, user: { id: "u" } }),
    /object “user”.*top level/,
  ],
  ["a number", "identity", having({ identity: 7 }), /String\(user\.id\)/],
  ["white space", "identity", having({ identity: "u " }), /Trim/],
  [
    "a slash behind iss",
    "issuer",
    having({ iss: "https://a.example/" }),
    /slash at the end/,
    { issuer: "https://a.example" },
  ],
  [
    "iss with http",
    "issuer",
    having({ iss: "http://a.example" }),
    /http and https/,
    { issuer: "https://a.example" },
  ],
  ["no iss", "issuer", good, /Put “iss”/, { issuer: "https://a.example" }],
  ["aud in capitals", "audience", having({ aud: ["x", "Vouch"] }), /capital letters/, { audience: "vouch" }],
  [
    "a slash behind aud",
    "audience",
    having({ aud: "https://c.example/" }),
    /slash/,
    { audience: "https://c.example" },
  ],
  ["no jti", "tokenId", good, /randomUUID/, { singleUseTokens: true }],
];

describeNearMisses("A near miss of a time is recognised", times);
describeNearMisses("A near miss of a claim is recognised", claimRows);

describe("An attribute that is not read is remarked upon, and the token passes", () => {
  it.each([
    [{ email: "a@b.example" }, /“email” is not read.*“comm100\.email”/],
    [{ comm100_email: "a@b.example" }, /“comm100_email”.*“comm100\.email”/],
    [{ "Comm100.Email": "a@b.example" }, /“comm100\.email”/],
    [{ "comm100:phone_number": "1" }, /“comm100\.phone”/],
    [{ "comm100.nickname": "x" }, /names no field/],
    [{ "comm100.name": 5 }, /not a string/],
  ])("%j", async (payload, says) => {
    const result = await report(await having(payload), await community());
    const { passed, cause, fix } = resultOf(result, "attributes");
    expect({ passed, passes: result.passes }).toEqual({ passed: true, passes: true });
    expect(`${cause} ${fix}`).toMatch(says);
  });

  it("but not one that is read, or mapped", async () => {
    const place = await community({ extraValueMapping: [{ key: "tel", field: "phone" }] });
    const token = await having({ "comm100.email": "a@b.example", tel: "1", plan: "gold" });
    expect(resultOf(await report(token, place), "attributes")).toMatchObject({ cause: null, fix: null });
  });
});

it("A JWK set says why it has no key", async () => {
  const url = "https://login.acme.example/jwks.json";
  const place = await community({ keys: [{ jwksUrl: url }] });
  const token = await signed(claims, { alg: "EdDSA", kid: "ed-1" }, ed.privateKey);
  const status = { url, fetchedAt: null, failingSince: null, failure: null, keys: [], leftOut: [] };
  const sets = (find: () => Promise<null>, more: object) => ({
    find,
    sweep() {},
    close() {},
    status: () => [{ ...status, ...more }],
  });
  const down = await report(token, place, {
    jwkSets: { ...sets(async () => null, { failure: "It answered 500." }), find: noJwkSets.find },
  });
  expect(resultOf(down, "key")).toMatchObject({
    code: "keyset_unavailable",
    cause: expect.stringMatching(/answered 500/),
  });
  const leftOut = [{ index: 0, kid: "ed-1", reason: "is for encryption" }];
  const odd = await report(token, place, { jwkSets: sets(async () => null, { leftOut }) });
  expect(resultOf(odd, "key")).toMatchObject({
    code: "key_unknown",
    cause: expect.stringMatching(/left out: is for/),
  });
  const keys = [{ kid: "ED-1", alg: "EdDSA" }];
  const near = await report(token, place, { jwkSets: sets(async () => null, { keys }) });
  expect(resultOf(near, "key").fix).toMatch(/“ED-1”/);
});
