/** An OpenID provider that can be told to get anything wrong: discovery, answers, tokens, signatures. */

import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { SignJWT } from "jose";
import { exportJWK } from "jose/key/export";
import type { Clock } from "../../../shared/clock.ts";
import { type Listening, listenOnLoopback } from "./listen.ts";

export const clientId = "vouch";
export const clientSecret = "the client secret of the tests, of no value at all";

export type Claims = Readonly<Record<string, unknown>>;

export interface BreakingProvider extends Listening {
  readonly discoveryUri: string;
  /** Form of each request to the token endpoint and the revocation endpoint, with its path. */
  readonly requests: readonly { readonly path: string; readonly form: URLSearchParams }[];
  /** Members of the discovery document, over the right ones; undefined leaves one out. */
  discovery: Claims;
  /** Members of the token endpoint's next answers, over the right ones. */
  answer: Claims;
  /** Status of the next answers of the token and revocation endpoints; 200 for success. */
  status: number;
  /** Claims over those of a right ID token; undefined leaves one out. */
  claims: Claims;
  /** How often the discovery document was fetched. */
  discoveries: number;
  idToken(claims?: Claims, header?: Claims, key?: KeyObject): Promise<string>;
  logoutToken(claims?: Claims, header?: Claims, key?: KeyObject): Promise<string>;
  /** The ID token's claims under any header, unsigned or signed by a secret. */
  unsigned(header: Claims, secret?: string): string;
  /** Signs with another key from now on, under the same `kid`, which the JWK set does not follow. */
  swapKey(): void;
  /** Publishes a new key under a new `kid` and signs with it. */
  rotateKey(): Promise<void>;
}

export const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

export async function startBreakingProvider(clock: Clock): Promise<BreakingProvider> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let signingKey = privateKey;
  let kid = "p1";
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" }] };
  const requests: { path: string; form: URLSearchParams }[] = [];
  const now = () => Math.floor(clock.now() / 1000);

  const idClaims = (claims: Claims = {}): Record<string, unknown> => ({
    iss: provider.url,
    aud: clientId,
    sub: "ada",
    iat: now(),
    exp: now() + 300,
    ...provider.claims,
    ...claims,
  });
  const sign = (payload: Record<string, unknown>, header: Claims, key: KeyObject): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid, ...header }).sign(key);

  async function answerTokens(response: ServerResponse): Promise<void> {
    const tokens = {
      access_token: "access token of the tests",
      token_type: "Bearer",
      id_token: await provider.idToken(),
      ...provider.answer,
    };
    sendJson(response, provider.status, tokens);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", provider.url).pathname;
    if (path === "/.well-known/openid-configuration") {
      provider.discoveries++;
      return sendJson(response, 200, { ...documentOf(provider.url), ...provider.discovery });
    }
    if (path === "/jwks") return sendJson(response, 200, jwks);
    requests.push({ path, form: new URLSearchParams(await readText(request)) });
    if (path === "/token") return answerTokens(response);
    if (path === "/revocation") return void response.writeHead(provider.status).end();
    response.writeHead(404).end();
  }

  const server = createServer((request, response) => void handle(request, response));
  const listening = await listenOnLoopback(server);
  const provider: BreakingProvider = {
    ...listening,
    discoveryUri: `${listening.url}/.well-known/openid-configuration`,
    requests,
    discovery: {},
    answer: {},
    status: 200,
    claims: {},
    discoveries: 0,
    idToken: (claims, header = {}, key = signingKey) => sign(idClaims(claims), header, key),
    logoutToken: (claims, header = {}, key = signingKey) =>
      sign(
        {
          iss: provider.url,
          aud: clientId,
          sub: "ada",
          iat: now(),
          exp: now() + 120,
          jti: `jti-${Math.random()}`,
          events: { "http://schemas.openid.net/event/backchannel-logout": {} },
          ...claims,
        },
        { typ: "logout+jwt", ...header },
        key,
      ),
    unsigned(header, secret) {
      const input = [header, idClaims()].map((part) => base64url(JSON.stringify(part))).join(".");
      return `${input}.${secret === undefined ? base64url("none") : createHmac("sha256", secret).update(input).digest("base64url")}`;
    },
    swapKey() {
      signingKey = otherKey;
    },
    async rotateKey() {
      const next = generateKeyPairSync("rsa", { modulusLength: 2048 });
      signingKey = next.privateKey;
      kid = `p${jwks.keys.length + 1}`;
      jwks.keys.push({ ...(await exportJWK(next.publicKey)), kid, alg: "RS256", use: "sig" });
    },
  };
  return provider;
}

const documentOf = (url: string) => ({
  issuer: url,
  authorization_endpoint: `${url}/authorize`,
  token_endpoint: `${url}/token`,
  jwks_uri: `${url}/jwks`,
  revocation_endpoint: `${url}/revocation`,
  end_session_endpoint: `${url}/end`,
});

const base64url = (text: string): string => Buffer.from(text).toString("base64url");

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
