/** Acme, the customer of all tests: a community with keys, and the back end that signs tokens for it. */

import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** For the benchmark’s floor, which verifies the same tokens. */
export const rsaPublicKeyPem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();
const otherRsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const sharedToken = randomBytes(32).toString("base64url");

export interface AcmeOptions {
  readonly allowedOrigins?: readonly string[];
  readonly community?: Readonly<Record<string, unknown>>;
  /** Of the visitors' community alone. */
  readonly lobby?: Readonly<Record<string, unknown>>;
  readonly deployment?: Readonly<Record<string, unknown>>;
  readonly limits?: Readonly<Record<string, number>>;
}

/** `acme` requires signed identities, `lobby` accepts visitors, `globex` is somebody else's community with other keys. */
export function acmeConfig(options: AcmeOptions = {}): unknown {
  const allowedOrigins = options.allowedOrigins ?? ["http://localhost:*"];
  const keys = [
    { kid: "2026-rsa", alg: "RS256", publicKey: rsa.publicKey.export({ type: "spki", format: "pem" }) },
    { kid: "shared-1", alg: "HS256", secret: sharedToken },
  ];
  const community = {
    name: "Acme customers",
    identityClaim: "identity",
    keys,
    extraValueMapping: [{ key: "plan", field: "custom.plan" }],
    ...options.community,
  };
  const deployment = {
    allowedOrigins,
    appearance: { title: "Acme", accent: "#0b5fff" },
    ...options.deployment,
  };
  return {
    siteId: 10000,
    communities: [
      { ...community, id: "acme", signedIdentities: "require", audience: "acme" },
      { ...community, ...options.lobby, id: "lobby", signedIdentities: "accept", audience: "lobby" },
      {
        id: "globex",
        name: "Globex customers",
        identityClaim: "identity",
        keys: [
          {
            kid: "globex-rsa",
            alg: "RS256",
            publicKey: otherRsa.publicKey.export({ type: "spki", format: "pem" }),
          },
        ],
      },
    ],
    deployments: [
      { ...deployment, id: "acme-web", community: "acme", name: "acme.example" },
      { ...deployment, id: "acme-lobby", community: "lobby", name: "acme.example, visitors" },
      { ...deployment, id: "globex-web", community: "globex", name: "globex.example" },
    ],
    // A machine that stands still for a second turns nobody away, unless the test says so.
    limits: { eventLoopDelayMs: 60_000, ...options.limits },
  };
}

export interface TokenOptions {
  readonly claims?: JWTPayload;
  readonly expiresInSeconds?: number;
  /** Signed with a private key that no configured key belongs to. */
  readonly wrongKey?: boolean;
  readonly community?: "acme" | "lobby" | "globex";
}

/** A Contact JWT as Acme's back end makes it: RS256, ten minutes, the customer's name as an attribute. */
export function contactJwt(identity: string, options: TokenOptions = {}): Promise<string> {
  const community = options.community ?? "acme";
  const own: { kid: string; key: KeyObject } =
    community === "globex"
      ? { kid: "globex-rsa", key: otherRsa.privateKey }
      : { kid: "2026-rsa", key: rsa.privateKey };
  return sign(
    { alg: "RS256", kid: own.kid },
    options.wrongKey ? otherRsa.privateKey : own.key,
    identity,
    options,
  );
}

/** The same with the shared token, HS256. */
export function sharedContactJwt(identity: string, options: TokenOptions = {}): Promise<string> {
  return sign({ alg: "HS256", kid: "shared-1" }, new TextEncoder().encode(sharedToken), identity, options);
}

function sign(
  header: { alg: string; kid: string },
  key: KeyObject | Uint8Array,
  identity: string,
  { claims, expiresInSeconds = 600, community = "acme" }: TokenOptions,
): Promise<string> {
  const name = identity.charAt(0).toUpperCase() + identity.slice(1);
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    identity,
    "comm100.name": name,
    "comm100.email": `${identity}@acme.example`,
    jti: randomUUID(),
    ...claims,
  })
    .setProtectedHeader(header)
    .setAudience(community)
    .setIssuedAt(Math.min(now, now + expiresInSeconds))
    .setExpirationTime(now + expiresInSeconds)
    .sign(key);
}
