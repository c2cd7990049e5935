import { describe, expect, it } from "vitest";
import { report, resultOf } from "../fixtures/checking.ts";
import { claims, community, communityFile, rsa, secret, signedTexts } from "../fixtures/signing.ts";
import type { CheckName } from "./report.ts";

const onlyRsa = { keys: [{ kid: "rsa", alg: "RS256", publicKey: rsa.publicPem }] };
const onlyShared = { keys: [{ kid: "shared", alg: "HS256", secret }] };
const head = (header: object, changes: object = {}, payload: string = JSON.stringify(claims)) => ({
  token: signedTexts(JSON.stringify(header), payload),
  changes,
});

const mustSign = "Sign the token. An unsigned one is never taken.";
const configureKeys = "Sign with the algorithm configured for the key that kid names.";
const contactJwt =
  "Pass a Contact JWT (typ absent or JWT) as contactJwt, a platform JWT from /authorize as platformJwt.";
const rows: readonly (readonly [
  name: string,
  check: CheckName,
  given: ReturnType<typeof head>,
  fix: string,
])[] = [
  ["no alg", "algorithm", head({}), "Put the algorithm's name into the header as alg."],
  ["alg none", "algorithm", head({ alg: "NONE" }), mustSign],
  ["alg in lower case", "key", head({ alg: "es256", kid: "ec" }), "Write alg as “ES256”."],
  [
    "HS384 beside a shared token",
    "key",
    head({ alg: "HS384", kid: "shared" }),
    "Sign with HS256; other HMAC algorithms are not taken.",
  ],
  [
    "HS384 without a shared token",
    "key",
    head({ alg: "HS384", kid: "rsa" }, onlyRsa),
    "Sign with the private key of the configured public key, or configure a shared token as a key of its own.",
  ],
  [
    "HS256 under the id of a public key, beside a shared token",
    "key",
    head({ alg: "HS256", kid: "rsa" }),
    configureKeys,
  ],
  ["HS256 without any key", "key", head({ alg: "HS256", kid: "x" }, { keys: [] }), configureKeys],
  ["RS256 in white space", "key", head({ alg: "RS256 ", kid: "rsa" }), "Write alg as “RS256”."],
  ["RS256 under the id of another key", "key", head({ alg: "RS256", kid: "ec" }), configureKeys],
  [
    "PS256 where a shared token is configured",
    "key",
    head({ alg: "PS256", kid: "x" }, onlyShared),
    "Sign with HS256 and the shared token, or configure the public key that belongs to the private one.",
  ],
  ["PS256 where RSA is configured", "key", head({ alg: "PS256", kid: "x" }, onlyRsa), configureKeys],
  ["Ed25519", "key", head({ alg: "Ed25519", kid: "x" }, onlyRsa), "Write alg as “EdDSA” (RFC 8037)."],
  [
    "ES256K",
    "key",
    head({ alg: "ES256K", kid: "x" }, onlyRsa),
    "Use a key on the curve P-256 and ES256; secp256k1 is not taken.",
  ],
  ["no key at all", "key", head({ alg: "RS256", kid: "x" }, { keys: [] }), configureKeys],
  [
    "a key that it brings",
    "parameters",
    head({ alg: "RS256", x5u: "https://a.example" }),
    "Leave it out: a key that the token brings proves nothing. Configure the key, or the JWK set's address.",
  ],
  [
    "cty",
    "parameters",
    head({ alg: "RS256", cty: "JWT" }),
    "Leave cty out; sign the claims themselves, not a token that holds them.",
  ],
  [
    "b64",
    "parameters",
    head({ alg: "RS256", b64: true }),
    "Sign without extensions: leave crit and b64 out.",
  ],
  [
    "zip",
    "parameters",
    head({ alg: "RS256", zip: "DEF" }),
    "Sign with the header parameters alg, kid and typ only; keys are configured, never taken from a token.",
  ],
  [
    "an access token",
    "type",
    head({ alg: "RS256", typ: "application/at+jwt" }),
    "Access tokens are for APIs. Sign a Contact JWT on your server, or configure the provider under oidc and pass its ID token.",
  ],
  ["another type", "type", head({ alg: "RS256", typ: "x" }), contactJwt],
  ["a type that is no text", "type", head({ alg: "RS256", typ: 5 }), contactJwt],
];

describe("The fix is the one for", () => {
  it.each(rows.map((row) => ({ name: row[0], row })))("$name", async ({ row }) => {
    const [, check, { token, changes }, fix] = row;
    const result = resultOf(await report(token, await community(changes)), check);
    expect(result).toMatchObject({ passed: false, fix });
  });
});

it("A kid that is no text fails its own check", async () => {
  const told = await report(head({ alg: "RS256", kid: 5 }).token, await community());
  expect(resultOf(told, "keyId")).toMatchObject({ passed: false, found: "5", code: "token_malformed" });
});

it("The header's parameters are listed, sixteen at most, and claims are shortened", async () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`p${at}`, at]));
  const { token } = head({ ...many }, {}, JSON.stringify({ ...claims, identity: "i".repeat(25) }));
  const told = await report(token, await community(communityFile));
  expect(resultOf(told, "parameters").found?.split(", ")).toHaveLength(16);
  expect(resultOf(told, "identity").found).toBe(`“${"i".repeat(20)}…” (25 characters)`);
  expect(resultOf(await report(head({}).token, await community()), "parameters").found).toBe("nothing");
});
