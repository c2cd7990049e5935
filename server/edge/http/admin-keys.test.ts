import { createPublicKey } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSealer } from "../../config/secret.ts";
import { ec, rsa } from "../../identity/fixtures/signing.ts";
import { administratorOf } from "../testing/administrator.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const { admin, make, open, signIn } = administratorOf(() => server);

/** As it may stand in a copy of the database: to be used by nobody who does not know VOUCH_SECRET. */
const stolen = createSealer("a-secret-of-the-tests-that-is-long-enough-0123456789").seal(
  "x7Rk2Wq9Zt4Yb1Nc8Vd5Mh3Lp6Js0Fg-aE",
);

const jwk = (pem: string, kid: string) => ({ ...createPublicKey(pem).export({ format: "jwk" }), kid });

describe("Keys", () => {
  test("of the file are shown as the file's, with when they were last used", async () => {
    await server.signIn("ada");
    expect((await admin("GET", "communities/acme/keys")).body).toEqual({
      keys: [
        {
          id: "k",
          kind: "secret",
          kid: "k",
          alg: "HS256",
          url: null,
          managedBy: "file",
          createdAt: null,
          lastUsedAt: expect.stringMatching(/Z$/),
          status: null,
        },
      ],
    });
  });

  test("are turned without a gap: two shared tokens at a time, a third only when one has gone", async () => {
    const first = await make("turning");
    const second = String(
      (await admin("POST", "communities/turning/keys", { alg: "HS256", generate: true, kid: "second" })).body
        .secret,
    );
    for (const [secret, kid] of [
      [first, "first"],
      [second, "second"],
    ] as const)
      expect((await signIn("turning", secret, kid)).status).toBe(201);
    const third = await admin("POST", "communities/turning/keys", { alg: "HS256", generate: true });
    expect(third).toMatchObject({
      status: 400,
      body: { code: "request_invalid", detail: expect.stringMatching(/first, second, .*remove the one/) },
    });
    expect((await admin("DELETE", "communities/turning/keys/first")).status).toBe(204);
    expect(await signIn("turning", first)).toMatchObject({ body: { code: "key_unknown" } });
    expect((await signIn("turning", second, "second")).status).toBe(201);
    const { body } = await admin("POST", "communities/turning/keys", { alg: "HS256", generate: true });
    expect(body.keys).toMatchObject([{ id: expect.stringMatching(/^shared-\d{4}-\d\d-\d\d-[0-9a-f]{4}$/) }]);
  });

  test("are two at most, however many ask at once", async () => {
    await admin("POST", "communities", { id: "crowded" });
    const asked = await Promise.all(
      Array.from({ length: 6 }, () =>
        admin("POST", "communities/crowded/keys", { alg: "HS256", generate: true }),
      ),
    );
    expect(asked.map(({ status }) => status).toSorted()).toEqual([201, 201, 400, 400, 400, 400]);
    expect((await admin("GET", "communities/crowded/keys")).body.keys).toHaveLength(2);
  });

  test("show a generated secret once, and keep it sealed", async () => {
    const secret = await make("secretive");
    const stored = JSON.stringify(await server.store.configuration());
    const shown = await admin("GET", "communities/secretive/keys");
    const log = await admin("GET", "audit");
    for (const seen of [stored, shown.text, log.text, server.logged.join("\n")])
      expect(seen).not.toContain(secret);
  });

  test("are added in every form of the file, and each is removed by its id", async () => {
    await admin("POST", "communities", { id: "forms" });
    const path = "communities/forms/keys";
    for (const key of [
      { kid: "pem", alg: "RS256", publicKey: rsa.publicPem },
      { kid: "given", alg: "HS256", secret: "x7Rk2Wq9Zt4Yb1Nc8Vd5Mh3Lp6Js0Fg-aE" },
      { jwks: { keys: [jwk(ec.publicPem, "set-1"), jwk(rsa.publicPem, "set-2")] } },
      { jwksUrl: "https://login.example/jwks.json" },
    ])
      expect((await admin("POST", path, key)).status).toBe(201);
    const { body } = await admin("GET", path);
    expect(body.keys).toMatchObject([
      { id: "pem", kind: "publicKey", alg: "RS256" },
      { id: "given", kind: "secret", alg: "HS256" },
      { id: "set-1", kind: "jwk", alg: "ES256" },
      { id: "set-2", kind: "jwk", alg: "RS256" },
      { id: expect.stringMatching(/^url-/), kind: "jwksUrl", url: "https://login.example/jwks.json" },
    ]);
    const ids = (body.keys as { id: string }[]).map(({ id }) => id);
    for (const id of ids)
      expect((await admin("DELETE", `${path}/${encodeURIComponent(id)}`)).status).toBe(204);
    expect((await admin("GET", path)).body).toEqual({ keys: [] });
  });

  test("of an address count as soon as it is added, say how fetching goes, and go with it", async () => {
    const keys = [{ ...jwk(rsa.publicPem, "remote"), alg: "RS256" }];
    const provider = createServer((_, answer) => void answer.end(JSON.stringify({ keys })));
    await once(provider.listen(0, "127.0.0.1"), "listening");
    const { port } = provider.address() as AddressInfo;
    await make("remote");
    const jwksUrl = `http://127.0.0.1:${port}/jwks.json`;
    const added = await admin("POST", "communities/remote/keys", { jwksUrl });
    expect(added.status).toBe(201);
    const token = await new SignJWT({ sub: "ada" })
      .setProtectedHeader({ alg: "RS256", kid: "remote" })
      .setExpirationTime("1h")
      .sign(rsa.privateKey);
    const identity = { type: "contactJwt", token };
    expect((await open("remote-web", identity)).status).toBe(201);
    const { body } = await admin("GET", "communities/remote/keys");
    const [, address] = body.keys as [unknown, { id: string }];
    expect(address).toMatchObject({
      kind: "jwksUrl",
      url: jwksUrl,
      lastUsedAt: expect.stringMatching(/Z$/),
      status: {
        fetchedAt: expect.stringMatching(/Z$/),
        failure: null,
        keys: [{ kid: "remote", alg: "RS256" }],
      },
    });
    expect((await admin("DELETE", `communities/remote/keys/${address.id}`)).status).toBe(204);
    expect(await open("remote-web", identity)).toMatchObject({
      status: 400,
      body: { code: "algorithm_not_allowed" },
    });
    provider.closeAllConnections();
    provider.close();
  });

  test.each([
    ["a short secret", { kid: "s", alg: "HS256", secret: "short" }, "secret"],
    [
      "a known secret",
      { kid: "s", alg: "HS256", secret: "a-string-secret-at-least-256-bits-long" },
      "secret",
    ],
    ["a secret by name of a variable", { kid: "s", alg: "HS256", secret: { env: "PATH" } }, "secret"],
    ["a sealed text from elsewhere", { kid: "s", alg: "HS256", secret: { sealed: stolen } }, "secret"],
    ["a PEM that is none", { kid: "s", alg: "RS256", publicKey: "x" }, "publicKey"],
    ["a kid that is taken", { kid: "first", alg: "RS256", publicKey: rsa.publicPem }, "kid"],
    ["no kid beside other keys", { alg: "RS256", publicKey: rsa.publicPem }, "kid"],
    ["an unknown member", { kid: "s", alg: "RS256", publicKey: rsa.publicPem, use: "sig" }, "use"],
    ["a generated RSA key", { kid: "s", alg: "RS256", generate: true }, "alg"],
    ["a secret both given and generated", { alg: "HS256", generate: true, secret: "x" }, "secret"],
    ["an address that is not https", { jwksUrl: "ftp://a.example/" }, "jwksUrl"],
    ["nothing", {}, "alg"],
  ])("are refused: %s", async (_, key, fault) => {
    await make("refusing");
    const refused = await admin("POST", "communities/refusing/keys", key);
    expect(refused).toMatchObject({ status: 400, body: { code: "request_invalid" } });
    expect(refused.body.faults).toContainEqual({ path: fault, message: expect.any(String) });
  });

  test("named like members that every object has are keys like others", async () => {
    await admin("POST", "communities", { id: "odd" });
    for (const kid of ["constructor", "__proto__", "a/b %2F ü"]) {
      const added = await admin("POST", "communities/odd/keys", {
        kid,
        alg: "RS256",
        publicKey: rsa.publicPem,
      });
      expect(added).toMatchObject({
        status: 201,
        body: { keys: [{ id: kid, lastUsedAt: null, createdAt: expect.stringMatching(/Z$/) }] },
      });
      const removed = await admin("DELETE", `communities/odd/keys/${encodeURIComponent(kid)}`);
      expect(removed.status).toBe(204);
    }
  });
});
