import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describeNearMisses, globexSigner, type NearMiss } from "../fixtures/checking.ts";
import { hmac } from "../fixtures/forging.ts";
import {
  base64url,
  claims,
  ec,
  header,
  keyPair,
  otherRsa,
  rsa,
  secret,
  signed,
  signedTexts,
} from "../fixtures/signing.ts";

const good = await signed();
const [head = "", body = "", mark = ""] = good.split(".");
const onlyRsa = { keys: [{ kid: "rsa", alg: "RS256", publicKey: rsa.publicPem }] };
const onlyShared = { keys: [{ kid: "shared", alg: "HS256", secret }] };
const bySecret = (key: string | Buffer) => hmac({ alg: "HS256", kid: "shared" }, key);

const p521 = generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey;

const derSigned = (): string => {
  const input = `${base64url('{"alg":"ES256","kid":"ec"}')}.${body}`;
  return `${input}.${sign("sha256", Buffer.from(input), ec.privateKey).toString("base64url")}`;
};
const hexSigned = (): string => {
  const input = `${base64url('{"alg":"HS256","kid":"shared"}')}.${body}`;
  return `${input}.${base64url(createHmac("sha256", secret).update(input).digest("hex"))}`;
};

const forms: readonly NearMiss[] = [
  ["“Bearer ”", "form", `Bearer ${good}`, /starts with “Bearer”.*took off “Bearer”/],
  ["a whole header line", "form", `Authorization: Bearer ${good}`, /“Bearer”/],
  ["quotation marks", "form", `"${good}"`, /quotation marks/],
  ["apostrophes", "form", `'${good}'`, /quotation marks/],
  ["a line feed behind", "form", `${good}\n`, /white space.*took off the white space around/],
  ["lines of 76 characters", "form", good.replace(/.{76}/g, "$&\n"), /white space.*took out/],
  ["URL encoding", "form", encodeURIComponent(`"${good}"`), /URL-encoded.*decoded it/],
  ["padding", "form", `${head}.${body}==.${mark}`, /padding.*base64url/],
  ["a JWE", "form", `${head}.AAAA.AAAA.AAAA.AAAA`, /encrypted.*JWS/],
  [
    "the flattened JSON serialization",
    "form",
    JSON.stringify({ protected: head, payload: body, signature: mark }),
    /JSON.*compact/,
  ],
  [
    "the general JSON serialization",
    "form",
    JSON.stringify({ payload: body, signatures: [{ protected: head, signature: mark }] }),
    /JSON.*compact/,
  ],
  ["an answer that holds the token", "form", JSON.stringify({ contactJwt: good }), /JSON.*compact/],
  ["an opaque token", "form", "sk_8dhw72hdk2jd92kd92kd02kd92", /opaque/],
  ["a key", "form", rsa.publicPem, /a key/],
  ["no signature", "form", `${head}.${body}.`, /no signature/],
  ["a placeholder", "form", "{{ user.jwt }}", /placeholder/],
  [
    "a byte order mark in the payload",
    "payload",
    signedTexts(JSON.stringify(header), `\uFEFF${JSON.stringify(claims)}`),
    /byte order mark/,
  ],
  ["a token as payload", "payload", signedTexts(JSON.stringify(header), good), /token inside a token/],
  [
    "claims encoded twice",
    "payload",
    signedTexts(JSON.stringify(header), base64url(JSON.stringify(claims))),
    /encoded twice/,
  ],
  [
    "claims as a query string",
    "payload",
    signedTexts(JSON.stringify(header), "identity=u&exp=1"),
    /query string/,
  ],
  [
    "cut unused bits",
    "encoding",
    `${good.slice(0, -1)}${String.fromCharCode(good.charCodeAt(good.length - 1) + 1)}`,
    /canonical.*by hand/,
  ],
];

const headers: readonly NearMiss[] = [
  ["an access token", "type", signed(claims, { ...header, typ: "at+jwt" }), /access token.*Contact JWT/],
  ["a logout token", "type", signed(claims, { ...header, typ: "logout+jwt" }), /logout token/],
  [
    "its own key",
    "parameters",
    signedTexts('{"alg":"RS256","kid":"rsa","jku":"https://a.example"}', "{}"),
    /token brings.*address/,
  ],
  ["alg in lower case", "key", signedTexts('{"alg":"rs256","kid":"rsa"}', "{}"), /case-sensitive.*“RS256”/],
  ["HS512", "key", signedTexts('{"alg":"HS512","kid":"shared"}', "{}"), /Sign with HS256/],
  [
    "HS256 where the keys are public",
    "key",
    hmac({ alg: "HS256", kid: "rsa" }, secret),
    /public keys.*private key/,
    onlyRsa,
  ],
  ["RS256 where the key is a secret", "key", good, /shared token only.*HS256/, onlyShared],
  [
    "the public key as a secret",
    "key",
    hmac({ alg: "HS256", kid: "rsa" }, rsa.publicPem),
    /algorithm confusion/,
    onlyRsa,
  ],
  [
    "the public key as a secret, trimmed",
    "key",
    hmac({ alg: "HS256" }, rsa.publicPem.trim()),
    /algorithm confusion/,
    onlyRsa,
  ],
  ["Ed25519", "key", signedTexts('{"alg":"Ed25519","kid":"ed"}', "{}"), /“EdDSA”/],
];

const foreign = { iss: "https://login.example", nonce: "n" };

const keys: readonly NearMiss[] = [
  [
    "an unknown kid under which another community signs",
    "key",
    signed({ ...claims, ...foreign }, { alg: "RS256", kid: "1f40" }, globexSigner.privateKey),
    /community globex/,
  ],
  [
    "an ID token of a provider that is not configured",
    "key",
    signed({ ...claims, ...foreign }, { alg: "ES256", kid: "1f40" }, keyPair("ES256").privateKey),
    /ID token of “https:\/\/login\.example”.*under oidc/,
  ],
  [
    "an access token without its typ",
    "key",
    signed({ ...claims, iss: "https://login.example", scp: "all" }, { alg: "ES512", kid: "1" }, p521),
    /access token of/,
  ],
  ["a kid in another case", "key", signed(claims, { ...header, kid: "RSA" }), /case.*“rsa”/],
  ["a kid with a space behind", "key", signed(claims, { ...header, kid: "rsa " }), /white space.*“rsa”/],
  [
    "a kid with other separators",
    "key",
    signed(claims, { ...header, kid: "rsa_2" }, otherRsa.privateKey),
    /“rsa-2”/,
  ],
  ["a slip in the kid", "key", signed(claims, { ...header, kid: "sharde" }), /“shared” is configured/],
  ["a kid of another community", "key", signed(claims, { ...header, kid: "globex-1" }), /community globex/],
  [
    "an unknown kid, with a known key's signature",
    "key",
    signed(claims, { ...header, kid: "2019" }),
    /signature is that of the key “rsa”/,
  ],
  ["no kid, with two keys", "key", signed(claims, { alg: "RS256" }), /“kid”: “rsa”/],
  [
    "another key of the community",
    "signature",
    signed(claims, header, otherRsa.privateKey),
    /key “rsa-2”.*kid/,
  ],
  [
    "another community's key",
    "signature",
    signed(claims, header, globexSigner.privateKey),
    /“globex-1” of the community globex/,
  ],
  [
    "the secret decoded from hexadecimal",
    "signature",
    bySecret(Buffer.from(secret, "hex")),
    /decoded from hexadecimal.*neither decoded/,
  ],
  ["the secret encoded in base64", "signature", bySecret(base64url(secret)), /encoded in base64/],
  ["the secret with a line feed", "signature", bySecret(`${secret}\n`), /line feed/],
  ["the public key under the secret's kid", "signature", bySecret(rsa.publicPem), /algorithm confusion/],
  ["ECDSA in DER", "signature", derSigned(), /DER.*64 bytes/],
  ["a signature in hexadecimal", "signature", hexSigned(), /hexadecimal/],
];

describeNearMisses("A near miss of the form is recognised", forms);
describeNearMisses("A near miss of the header is recognised", headers);
describeNearMisses("A near miss of the key is recognised", keys);
