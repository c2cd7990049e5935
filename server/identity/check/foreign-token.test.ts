import { describe, expect, it } from "vitest";
import type { Community } from "../../config/config.ts";
import type { Provider } from "../../oidc/provider.ts";
import { newSessionToken } from "../../session/session-token.ts";
import { report } from "../fixtures/checking.ts";
import { claims, community, header, keyPair, nowSeconds, rsa, signed } from "../fixtures/signing.ts";
import { noJwkSets } from "../jwk-sets.ts";
import type { JudgedKind, TokenKind } from "./recognise.ts";

const providerOf = (host: string) => ({
  oidc: { name: "sso", discoveryUri: `https://${host}`, clientId: "vouch", clientSecret: "s".repeat(32) },
});
const keysOnly = await community({ issuer: "https://acme.example" });
const both = await community({ issuer: "https://acme.example", ...providerOf("login.example") });
const providerOnly = await community({ keys: [], ...providerOf("login.example") });
const globex = await community({ id: "globex", keys: [], ...providerOf("login.globex.example") });

const iss = "https://login.example";
const foreignKey = keyPair("RS256").privateKey;
/** Signed by a key that no community has. */
const foreign = (payload: object, typ = "JWT") =>
  signed({ sub: "ada", ...payload }, { alg: "RS256", kid: "1f40", typ }, foreignKey);
const idToken = (more: object = {}) =>
  foreign({ iss, aud: "vouch", iat: nowSeconds, exp: nowSeconds + 300, ...more });

const provider: Provider = {
  issuer: iss,
  clientId: "vouch",
  jwksUri: `${iss}/jwks`,
  algorithms: null,
  namesItselfInResponses: false,
  metadata: { issuer: iss },
};
const known = {
  others: [globex],
  providerOf: async () => provider,
  jwkSets: { ...noJwkSets, find: async () => null },
};

async function told(token: string, place: Community) {
  const { kind, judgedAs, passes, checks } = await report(token, place, known);
  const words = checks.flatMap(({ passed, cause, fix }) => (passed === false ? [`${cause} ${fix}`] : []));
  return { kind, judgedAs, passes, words: words.join("\n") };
}

const logoutEvents = { "http://schemas.openid.net/event/backchannel-logout": {} };
const jwe = `${Buffer.from('{"alg":"RSA-OAEP","enc":"A256GCM"}').toString("base64url")}.AA.AA.AA.AA`;
const session = newSessionToken((size) => Buffer.alloc(size, 7), nowSeconds * 1000);

/** Name; token; place; what it is; what judges it; what cause and fix of the failures say. */
const rows: readonly (readonly [
  string,
  string | Promise<string>,
  Community,
  TokenKind,
  JudgedKind,
  RegExp,
])[] = [
  [
    "an ID token where Contact JWTs are taken",
    idToken({ nonce: "n" }),
    keysOnly,
    "idToken",
    "contactJwt",
    /looks like an ID token of “https:\/\/login\.example”.*Sign a Contact JWT.*configure the provider under oidc/,
  ],
  [
    "an ID token of another community's provider, where Contact JWTs are taken",
    idToken({ iss: "https://login.globex.example", nonce: "n" }),
    keysOnly,
    "idToken",
    "contactJwt",
    /looks like an ID token.*Pass it as idToken to a deployment of globex\./,
  ],
  [
    "an ID token of another community's provider, where ID tokens are taken",
    idToken({ iss: "https://login.globex.example/", nonce: "n" }),
    both,
    "idToken",
    "idToken",
    /provider of the community globex\. Pass it as idToken to a deployment of globex\./,
  ],
  [
    "an ID token of a provider that nobody has",
    idToken({ iss: "https://login.evil.example", nonce: "n" }),
    both,
    "idToken",
    "idToken",
    /“https:\/\/login\.evil\.example”, which is not the community's OpenID provider/,
  ],
  [
    "a Contact JWT where ID tokens are taken",
    signed(),
    providerOnly,
    "contactJwt",
    "idToken",
    /looks like a Contact JWT.*takes ID tokens of its OpenID provider only\. Pass the provider's ID token/,
  ],
  [
    "an access token of the provider",
    foreign({ iss, aud: "https://api.example", scope: "openid" }),
    both,
    "accessToken",
    "idToken",
    /looks like an access token of “https:\/\/login\.example”, not like an ID token.*Pass the ID token that/,
  ],
  [
    "an access token by its typ, where Contact JWTs are taken",
    foreign({ iss }, "at+jwt"),
    keysOnly,
    "accessToken",
    "contactJwt",
    /It is an access token.*Access tokens are for APIs\. Sign a Contact JWT/,
  ],
  [
    "a logout token",
    foreign({ iss, aud: "vouch", events: logoutEvents }, "logout+jwt"),
    both,
    "logoutToken",
    "idToken",
    /It is a logout token.*backchannel-logout\/acme/,
  ],
  [
    "a logout token without its typ",
    foreign({ iss, aud: "vouch", events: logoutEvents }),
    both,
    "logoutToken",
    "idToken",
    /events, as logout tokens have.*backchannel-logout\/acme/,
  ],
  [
    "a session's token",
    session,
    keysOnly,
    "sessionToken",
    "contactJwt",
    /form of a session's token.*Session tokens go into the header Authorization/,
  ],
  ["an encrypted token", jwe, keysOnly, "encryptedToken", "contactJwt", /encrypted \(JWE.*Sign the token/],
  [
    "an encrypted ID token",
    jwe,
    providerOnly,
    "encryptedToken",
    "idToken",
    /encrypted \(JWE.*without id_token_encrypted_response_alg/,
  ],
  ["anything else", "hello", keysOnly, "unknown", "contactJwt", /no dots/],
];

describe("A token in a place of another kind is told what it is, and where it belongs:", () => {
  it.each(rows.map((row) => ({ name: row[0], row })))("$name", async ({ row }) => {
    const [, token, place, kind, judgedAs, says] = row;
    const result = await told(await token, place);
    expect(result).toMatchObject({ kind, judgedAs, passes: false });
    expect(result.words).toMatch(new RegExp(says.source, "s"));
  });
});

describe("Of a community that takes both", () => {
  it.each<readonly [string, Promise<string>, TokenKind]>([
    ["by the key's id", signed({ ...claims, iss: "https://a.example", scope: "x" }), "contactJwt"],
    ["by its own issuer", foreign({ iss: "https://acme.example", scope: "x" }), "contactJwt"],
    ["without an issuer", foreign({ scope: "x", nonce: "n" }), "contactJwt"],
    ["with an issuer that is no text", foreign({ iss: 5, nonce: "n" }), "contactJwt"],
    ["by the provider's issuer", foreign({ iss }), "idToken"],
    [
      "by the provider's client, whatever else it holds",
      signed({ iss, aud: ["vouch"], token_use: "id" }, header, rsa.privateKey),
      "idToken",
    ],
  ])("Contact JWTs and ID tokens are told apart %s", async (_, token, kind) => {
    expect(await told(await token, both)).toMatchObject({ kind, judgedAs: kind });
  });

  it.each([
    ...["nonce", "at_hash", "c_hash", "azp", "auth_time", "amr", "acr"].map((claim) => [claim, "idToken"]),
    ...["scope", "scp", "client_id", "cid", "token_use"].map((claim) => [claim, "accessToken"]),
  ] as const)("a stranger's token with %s is an %s", async (claim, kind) => {
    const token = await foreign({ iss: "https://other.example", [claim]: "x" });
    expect((await told(token, both)).kind).toBe(kind);
    expect((await told(token, keysOnly)).kind).toBe(kind);
  });
});
