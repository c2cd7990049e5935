import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { defaultLimits } from "../../../shared/limits.ts";
import type { ProblemCode } from "../../../shared/problems.ts";
import type { Deployment } from "../../config/config.ts";
import { createSealer } from "../../config/secret.ts";
import type { KeyStore } from "../../store/store.ts";
import { claims, clock, headerText, nowSeconds, signed, signedTexts } from "../fixtures/signing.ts";
import { createPlatformTokens } from "../platform-tokens.ts";
import { type Attack, atTheGate, type ContactRow, elsewhere } from "./attack.ts";

/** Tokens of one kind passed for another: RFC 8725, sections 2.7, 3.11 and 3.12. */

const claimsText = JSON.stringify(claims);
const good = await signed();
const header = JSON.parse(headerText);

const contactTypes: readonly ContactRow[] = [
  ...[
    "at+jwt",
    "application/at+jwt",
    "logout+jwt",
    "secevent+jwt",
    "dpop+jwt",
    "token-introspection+jwt",
    "oauth-authz-req+jwt",
    "vouch-platform+jwt",
    "VOUCH-PLATFORM+JWT",
    "application/jwt",
    "JOSE",
    "JOSE+JSON",
    "JWE",
    "JWT ",
    " JWT",
    "JWT\0",
    "ＪＷＴ",
    "J\u200bWT",
    "",
  ].map(
    (typ): ContactRow => [
      `the typ ${JSON.stringify(typ)}`,
      signed(claims, { ...header, typ }),
      "type_not_allowed",
    ],
  ),
  ...["null", "1", "true", '["JWT"]', '{"typ":"JWT"}', '{"toString":1,"valueOf":1}'].map(
    (typ): ContactRow => [
      `the typ ${typ}, no text`,
      signedTexts(`{"alg":"RS256","kid":"rsa","typ":${typ}}`, claimsText),
      "type_not_allowed",
    ],
  ),
];

const nested: readonly ContactRow[] = [
  ["a token that holds a token", signedTexts(headerText, good), "token_malformed"],
  [
    "a token that holds a token as a string",
    signedTexts(headerText, JSON.stringify(good)),
    "token_malformed",
  ],
  [
    "a token whose claim holds the token that is meant",
    signed({ exp: claims.exp, jwt: good }),
    "identity_missing",
  ],
  [
    "a logout token without its typ",
    signed({
      exp: claims.exp,
      sub: "user-123",
      events: { "http://schemas.openid.net/event/backchannel-logout": {} },
    }),
    "identity_missing",
  ],
  [
    "an access token without its typ",
    signed({ exp: claims.exp, sub: "user-123", scope: "all", client_id: "x" }),
    "identity_missing",
  ],
];

const sealer = createSealer("a master key for the tests, 32 characters or more");
const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
const jwk = await exportJWK(privateKey);

/** One platform key, which these tests hold as well. */
const store: KeyStore = {
  platformKeys: async () => [
    { kid: "p1", sealedJwk: sealer.seal(JSON.stringify(jwk)), createdAt: nowSeconds * 1000 },
  ],
  addPlatformKey: async () => store.platformKeys(),
  removePlatformKeys: async () => {},
};
const platform = await createPlatformTokens({ store, sealer, clock, limits: defaultLimits });
const deployment = { id: "acme-web", communityId: "acme" } as Deployment;

const platformClaims = {
  sub: "v1/acme/AUTH/jwt/uid:user-123",
  aud: "acme-web",
  iat: nowSeconds,
  exp: nowSeconds + 900,
  jti: randomUUID(),
  community: "acme",
  auth: "jwt",
  identity: "user-123",
  preview: false,
  once: false,
  contact: { sha256: ["a".repeat(64)], iat: nowSeconds, exp: nowSeconds + 900 },
};

const made = (payload: object = {}, more: object = {}, key = privateKey): Promise<string> =>
  new SignJWT({ ...platformClaims, ...payload } as JWTPayload)
    .setProtectedHeader({ alg: "EdDSA", kid: "p1", typ: "vouch-platform+jwt", ...more })
    .sign(key);
const stranger = (await generateKeyPair("EdDSA")).privateKey;

type PlatformRow = readonly [
  name: string,
  token: () => string | Promise<string>,
  code: ProblemCode,
  place?: Partial<Deployment>,
];

const platformRows: readonly PlatformRow[] = [
  ["a Contact JWT", () => good, "type_not_allowed"],
  ["a Contact JWT without typ", () => signed(claims, { alg: "RS256", kid: "rsa" }), "type_not_allowed"],
  [
    "a Contact JWT with the typ of a platform JWT",
    () => signed(claims, { ...header, typ: "vouch-platform+jwt" }),
    "key_unknown",
  ],
  [
    "a Contact JWT with the typ and the kid of a platform JWT",
    () => signed(claims, { alg: "RS256", kid: "p1", typ: "vouch-platform+jwt" }),
    "algorithm_not_allowed",
  ],
  ["a logout token", () => made({}, { typ: "logout+jwt" }), "type_not_allowed"],
  ["no typ", () => made({}, { typ: undefined }), "type_not_allowed"],
  ["no kid", () => made({}, { kid: undefined }), "key_id_required"],
  ["an unknown kid", () => made({}, { kid: "p2" }), "key_unknown"],
  ["the kid __proto__", () => made({}, { kid: "__proto__" }), "key_unknown"],
  ["its own key", () => made({}, { jwk }), "header_not_allowed"],
  ["an address of keys", () => made({}, { jku: "https://evil.example" }), "header_not_allowed"],
  ["a stranger's signature", () => made({}, {}, stranger), "signature_invalid"],
  [
    "alg none",
    async () =>
      (await made()).replace(
        /^[^.]+/,
        Buffer.from('{"alg":"none","kid":"p1","typ":"vouch-platform+jwt"}').toString("base64url"),
      ),
    "algorithm_not_allowed",
  ],
  [
    "changed claims",
    async () => {
      const [head, , signature] = (await made()).split(".");
      return `${head}.${Buffer.from(JSON.stringify({ ...platformClaims, identity: "admin" })).toString("base64url")}.${signature}`;
    },
    "signature_invalid",
  ],
  ["an expired one", () => made({ exp: nowSeconds }), "token_expired"],
  ["one for another deployment", () => made(), "audience_mismatch", { id: "acme-shop" }],
  [
    "one for the deployment before it moved to another community",
    () => made(),
    "audience_mismatch",
    { communityId: "other" },
  ],
  ["one for several deployments", () => made({ aud: ["acme-web", "acme-shop"] }), "token_malformed"],
  ["one without a community", () => made({ community: undefined }), "token_malformed"],
  ["one without the Contact JWT's hashes", () => made({ contact: undefined }), "token_malformed"],
  ["one with a text as expiry", () => made({ exp: String(nowSeconds + 900) }), "token_malformed"],
  ["one with a number as identity", () => made({ identity: 1 }), "token_malformed"],
  ["one with a space behind", async () => `${await made()} `, "token_malformed"],
  ["an unreplaced placeholder", () => "{{platformJwt}}", "token_malformed"],
  ["one of 9,000 characters", () => made({ x: "a".repeat(9000) }), "token_too_large"],
];

export const kindAttacks: readonly Attack[] = [
  ...atTheGate("3.11", contactTypes),
  ...atTheGate("3.12", nested),
  ...elsewhere(
    "3.12",
    platformRows.map(([name, token, code, place]) => [
      `as a platform JWT: ${name}`,
      async () => platform.verify(await token(), { ...deployment, ...place }),
      code,
    ]),
  ),
];
