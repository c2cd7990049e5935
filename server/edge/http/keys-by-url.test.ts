import type { RequestListener } from "node:http";
import { SignJWT } from "jose";
import { expect, onTestFinished, test, vi } from "vitest";
import { keyPair } from "../../identity/fixtures/signing.ts";
import { jwkOf, keys, startKeyServer, status } from "../../identity/jwk-sets/fixtures/turned-sets.ts";
import { startTestServer } from "../testing/test-server.ts";

const pair = keyPair("ES256");

/** A server with a community whose keys come by URL. */
async function start(answer: RequestListener) {
  const keyServer = await startKeyServer(answer);
  const server = await startTestServer({
    communities: [{ id: "remote", keys: [{ jwksUrl: keyServer.url }] }],
    deployments: [{ id: "remote-web", community: "remote" }],
    env: { VOUCH_ALLOW_LOOPBACK: "1" },
  });
  onTestFinished(() => server.close());
  const token = await new SignJWT()
    .setProtectedHeader({ alg: "ES256", kid: "one" })
    .setSubject("ada")
    .setExpirationTime("1h")
    .sign(pair.privateKey);
  const identity = { type: "contactJwt", token };
  const open = () => server.fetch("/api/v1/sessions", { json: { deploymentId: "remote-web", identity } });
  return { keyServer, server, open };
}

test("A token whose key comes by URL opens a session", async () => {
  const { open, server } = await start(keys(jwkOf(pair, "one")));
  const response = await open();
  expect(response.status).toBe(201);
  expect(await response.json()).toMatchObject({ contact: { platformKey: "v1/remote/AUTH/jwt/uid:ada" } });
  expect(server.logged.join("")).not.toContain("jwks_failed");
});

test("A set that can't be had is a refusal that may be tried again, and names no address", async () => {
  const { open, keyServer } = await start(status(500));
  const response = await open();
  expect(response.status).toBe(503);
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ code: "keyset_unavailable" });
  expect(text).not.toContain(new URL(keyServer.url).host);
});

test("The server starts and stops while a set does not answer", async () => {
  const { server, keyServer } = await start(() => {});
  await vi.waitFor(() => expect(keyServer.requests).toBe(1));
  expect((await server.fetch("/readyz")).status).toBe(200);
  await server.signIn("bob");
});
