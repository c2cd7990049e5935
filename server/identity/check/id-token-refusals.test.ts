import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProblemCode } from "../../../shared/problems.ts";
import { clientId, clientSecret, otherKey } from "../../oidc/testing/breaking-provider.ts";
import { type SignInWorld, startSignInWorld } from "../../oidc/testing/sign-in-world.ts";
import { resultOf } from "../fixtures/checking.ts";
import { judgeIdToken, reportIdToken } from "../fixtures/id-tokens.ts";
import type { CheckName } from "./report.ts";

let world: SignInWorld;
beforeAll(async () => {
  world = await startSignInWorld();
});
afterAll(() => world.provider.close());

const now = () => Math.floor(world.clock.now() / 1000);
const id =
  (claims: () => object = () => ({}), header: object = {}) =>
  () =>
    world.provider.idToken({ ...claims() }, { ...header });

/** Name; token; the check that fails; code; what cause and fix say; the nonce that the page passes. */
const rows: readonly (readonly [
  string,
  () => string | Promise<string>,
  CheckName,
  ProblemCode,
  RegExp,
  string?,
])[] = [
  ["encrypted", () => "a.b.c.d.e", "form", "token_malformed", /JWE.*id_token_encrypted_response_alg/],
  ["too long", id(() => ({ x: "x".repeat(9000) })), "size", "token_too_large", /8192/],
  ["its own key", id(undefined, { jwk: {} }), "parameters", "header_not_allowed", /token brings/],
  [
    "an access token",
    id(undefined, { typ: "at+jwt" }),
    "type",
    "type_not_allowed",
    /access token.*Pass the ID token/,
  ],
  [
    "a logout token",
    () => world.provider.logoutToken(),
    "type",
    "type_not_allowed",
    /logout token.*backchannel/,
  ],
  [
    "a logout token without its typ",
    () => world.provider.logoutToken({}, { typ: "JWT" }),
    "events",
    "type_not_allowed",
    /events, as logout tokens have.*backchannel/,
  ],
  [
    "unsigned",
    () => world.provider.unsigned({ alg: "none" }),
    "algorithm",
    "algorithm_not_allowed",
    /nobody signed/,
  ],
  [
    "HS256 with the client secret",
    () => world.provider.unsigned({ alg: "HS256", kid: "p1" }, clientSecret),
    "key",
    "algorithm_not_allowed",
    /client secret is no key/,
  ],
  ["no kid", id(undefined, { kid: undefined }), "key", "key_id_required", /provider put kid/],
  [
    "another kid",
    id(undefined, { kid: "p2" }),
    "key",
    "key_unknown",
    /exactly as the community's OpenID provider/,
  ],
  [
    "a stranger's signature",
    () => world.provider.idToken({}, {}, otherKey),
    "signature",
    "signature_invalid",
    /exactly as the community's OpenID provider/,
  ],
  ["no expiry", id(() => ({ exp: undefined })), "expiry", "expiry_missing", /no exp/],
  ["expired", id(() => ({ exp: now() })), "expired", "token_expired", /sign in at the provider again/],
  [
    "milliseconds",
    id(() => ({ exp: now() * 1000 })),
    "lifetime",
    "expiry_too_far",
    /milliseconds.*shorter life/,
  ],
  ["not yet valid", id(() => ({ nbf: now() + 300 })), "notBefore", "token_not_yet_valid", /provider's clock/],
  ["no iat", id(() => ({ iat: undefined })), "age", "token_malformed", /no iat/],
  ["an iat as text", id(() => ({ iat: "now" })), "issuedAt", "token_malformed", /not a whole number/],
  ["old", id(() => ({ iat: now() - 86_401 })), "age", "token_expired", /at most 86400 s.*again/],
  [
    "another issuer",
    id(() => ({ iss: "https://login.evil.example" })),
    "issuer",
    "issuer_mismatch",
    /not the community's OpenID provider.*configured under oidc/,
  ],
  [
    "an issuer with a slash",
    id(() => ({ iss: `${world.provider.url}/` })),
    "issuer",
    "issuer_mismatch",
    /slash at the end/,
  ],
  [
    "another audience",
    id(() => ({ aud: "other" })),
    "audience",
    "audience_mismatch",
    /client id “vouch”.*Sign in with/,
  ],
  ["no audience", id(() => ({ aud: [] })), "audience", "audience_mismatch", /client id/],
  [
    "several audiences",
    id(() => ({ aud: [clientId, "b"] })),
    "authorizedParty",
    "audience_mismatch",
    /azp is missing/,
  ],
  ["another client's azp", id(() => ({ azp: "b" })), "authorizedParty", "audience_mismatch", /azp is “b”/],
  ["another nonce", id(() => ({ nonce: "a" })), "nonce", "oidc_nonce_mismatch", /not the one/, "b"],
  ["no nonce", id(), "nonce", "oidc_nonce_mismatch", /nonce is missing/, "b"],
  [
    "auth_time as text",
    id(() => ({ auth_time: "x" })),
    "authTime",
    "oidc_exchange_failed",
    /auth_time.*again/,
  ],
  ["auth_time ahead", id(() => ({ auth_time: now() + 300 })), "authTime", "token_not_yet_valid", /future/],
  ["no sub", id(() => ({ sub: undefined })), "identity", "identity_missing", /stable id into sub/],
  ["a number as sub", id(() => ({ sub: 7 })), "identity", "identity_invalid", /not a string/],
];

describe("The report of an ID token tells what is wrong:", () => {
  it.each(rows.map((row) => ({ name: row[0], row })))("$name", async ({ row }) => {
    const [, make, check, code, says, nonce] = row;
    const token = await make();
    expect(await judgeIdToken(world, token, nonce)).toBe(code);
    const result = resultOf(await reportIdToken(world, token, nonce), check);
    expect(result).toMatchObject({ passed: false, code });
    expect(`${result.cause} ${result.fix}`).toMatch(says);
  });
});
