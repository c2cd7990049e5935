import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { OpenedSession } from "../../shared/protocol.ts";
import { clientId } from "./testing/breaking-provider.ts";
import { type Browser, createBrowser } from "./testing/browser.ts";
import { type Companion, community, deployment, messageOf, startCompanion } from "./testing/companion.ts";
import { pageRedirectUri, type RealProvider, startRealProvider } from "./testing/real-provider.ts";

/** Everything as it is in the world, with the provider of the package oidc-provider. */
let provider: RealProvider;
let companion: Companion;
let browser: Browser;

beforeAll(async () => {
  provider = await startRealProvider();
  companion = await startCompanion(provider.discoveryUri);
  provider.register(companion.url, community);
});
afterAll(async () => {
  await companion.close();
  await provider.close();
});
beforeEach(() => {
  browser = createBrowser();
  provider.customer = `customer-${randomBytes(4).toString("hex")}`;
});

/** A page that runs the flow itself and hands its code to the messenger. */
async function codeFromPage(more: Record<string, string> = {}) {
  const codeVerifier = randomBytes(32).toString("base64url");
  const nonce = randomBytes(16).toString("base64url");
  const address = new URL(`${provider.url}/auth`);
  address.search = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: pageRedirectUri,
    scope: "openid email profile",
    nonce,
    code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
    code_challenge_method: "S256",
    ...more,
  }).toString();
  const { url } = await browser.open(address.href, (at) => at.href.startsWith(pageRedirectUri));
  const { code = "", iss = "" } = Object.fromEntries(url.searchParams);
  return { type: "oidcCode", code, iss, codeVerifier, nonce, redirectUri: pageRedirectUri };
}

const renew = (sessionToken: string) =>
  companion.fetch("/api/v1/session/renew", { token: sessionToken, json: {} });
const stateOf = async (sessionToken: string) =>
  (await companion.fetch("/api/v1/session", { token: sessionToken })).status;
const count = (event: string) => provider.events.filter((name) => name === event).length;

test("a page's code opens a session, with PKCE, nonce, iss and maxAge, once", async () => {
  const identity = await codeFromPage({ max_age: "600" });
  const opened = await companion.openSession({ ...identity, maxAgeSeconds: 600 });
  expect(opened).toMatchObject({
    silentRenewal: true,
    contact: {
      platformKey: `v1/sso/AUTH/login/uid:${provider.customer}`,
      verified: true,
      fields: { email: { value: `${provider.customer}@acme.example`, claim: "email" } },
    },
  });
  expect(await companion.refusalOf(identity)).toBe("oidc_exchange_failed");
});

test.each([
  ["another verifier", { codeVerifier: "v".repeat(43) }, "oidc_exchange_failed"],
  ["no verifier", { codeVerifier: undefined }, "oidc_exchange_failed"],
  ["another redirect URI", { redirectUri: "https://www.acme.example/other" }, "oidc_exchange_failed"],
  ["another nonce", { nonce: "other" }, "oidc_nonce_mismatch"],
  ["no nonce", { nonce: undefined }, "oidc_nonce_mismatch"],
  ["maxAge that was not asked for", { maxAgeSeconds: 60 }, "oidc_exchange_failed"],
  ["another iss", { iss: "https://login.evil.example" }, "issuer_mismatch"],
])("a page's code with %s opens nothing", async (_name, changes, code) => {
  expect(await companion.refusalOf({ ...(await codeFromPage()), ...changes })).toBe(code);
});

test("a session renews itself with a rotating refresh token, also when two ask at once", async () => {
  let { sessionToken, id } = await companion.openSession(await codeFromPage());
  for (const round of [1, 2, 3]) {
    const used = count("refresh_token.consumed");
    const answers = await Promise.all([renew(sessionToken), renew(sessionToken)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const [one, other] = (await Promise.all(answers.map((answer) => answer.json()))) as OpenedSession[];
    expect(one?.sessionToken).toBe(other?.sessionToken);
    expect(one).toMatchObject({ id, silentRenewal: true });
    expect(count("refresh_token.consumed"), `round ${round}`).toBe(used + 1);
    expect(await stateOf(sessionToken)).toBe(401);
    sessionToken = one?.sessionToken ?? "";
  }
  expect(await stateOf(sessionToken)).toBe(200);
});

test("a logout revokes the refresh token at the provider, and says where to sign out of it", async () => {
  const { sessionToken } = await companion.openSession(await codeFromPage());
  const revoked = count("grant.revoked");
  const ended = await companion.fetch("/api/v1/session?atProvider=true", {
    method: "DELETE",
    token: sessionToken,
  });
  expect(ended.status).toBe(200);
  expect(await ended.json()).toEqual({
    endSessionUrl: `${provider.url}/session/end?client_id=${clientId}`,
  });
  companion.sweep();
  await vi.waitFor(() => expect(count("grant.revoked")).toBe(revoked + 1));
});

test("a logout at the provider ends the customer's sessions here and closes their sockets", async () => {
  const { sessionToken } = await companion.openSession(await codeFromPage());
  const socket = await companion.live(sessionToken);
  const { text, url } = await browser.open(`${provider.url}/session/end?client_id=${clientId}`);
  const [, xsrf = ""] = /name="xsrf" value="([^"]+)"/.exec(text) ?? [];
  await browser.post(new URL("/session/end/confirm", url).href, new URLSearchParams({ xsrf, logout: "yes" }));
  expect(await socket.closed).toBe(4401);
  expect(await stateOf(sessionToken)).toBe(401);
  expect(provider.events.filter((event) => event.startsWith("backchannel"))).toEqual(["backchannel.success"]);
});

test("the companion's own pop-up signs in, and its ticket opens one session of its deployment", async () => {
  const { response, text } = await browser.open(`${companion.url}/oidc/sign-in/${deployment}`);
  expect(response?.status).toBe(200);
  const { ticket = "" } = messageOf(text);
  expect(await companion.refusalOf({ type: "signInTicket", ticket }, "sso-app")).toBe("oidc_exchange_failed");
  const opened = await companion.openSession({ type: "signInTicket", ticket });
  expect(opened).toMatchObject({
    silentRenewal: true,
    contact: { platformKey: `v1/sso/AUTH/login/uid:${provider.customer}` },
  });
  expect((await renew(opened.sessionToken)).status).toBe(200);
  expect(await companion.refusalOf({ type: "signInTicket", ticket })).toBe("oidc_exchange_failed");
});
