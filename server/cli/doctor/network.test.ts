import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ec, nowSeconds } from "../../identity/fixtures/signing.ts";
import { OutboundRefused } from "../../outbound/guarded-fetch.ts";
import { findings, ready, site, usual } from "../testing/doctor-site.ts";

describe("vouch doctor looks at the network", () => {
  const setUrl = "https://login.acme.example/jwks.json";
  const issuer = "https://login.acme.example";
  const discovery = `${issuer}/.well-known/openid-configuration`;
  const jwk = { ...createPublicKey(ec.publicPem).export({ format: "jwk" }), kid: "ec-1" };
  const document = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: setUrl,
    code_challenge_methods_supported: ["S256"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
  const withSet = (more: object) => ({
    [setUrl]: { body: { keys: [jwk] } },
    [discovery]: { body: { ...document, ...more } },
  });
  const remote = site({ keys: [{ jwksUrl: setUrl }] });
  const oidc = site({ oidc: { name: "sso", discoveryUri: discovery, clientId: "vouch" } });

  it.each([
    ["a JWK set that is down", remote, {}, /problem JWK set of acme: Nobody is there/],
    [
      "a JWK set with status 404",
      remote,
      { [setUrl]: { status: 404, body: "" } },
      /problem JWK set of acme: answered 404/,
    ],
    ["a page instead of a set", remote, { [setUrl]: { body: "<html>" } }, /problem JWK set of acme: /],
    ["an empty set", remote, { [setUrl]: { body: { keys: [] } } }, /problem JWK set of acme: has no key/],
    [
      "a key that is left out",
      remote,
      { [setUrl]: { body: { keys: [jwk, { kty: "oct" }] } } },
      /warning JWK set of acme: its key 1/,
    ],
    ["a provider that is down", oidc, {}, /problem OpenID provider of acme: .*can't be read/],
    [
      "a provider without a token endpoint",
      oidc,
      withSet({ token_endpoint: undefined }),
      /problem OpenID provider of acme: .*lacks token_endpoint/,
    ],
    [
      "another provider's document",
      oidc,
      withSet({ issuer: "https://evil.example" }),
      /problem OpenID provider of acme: /,
    ],
    [
      "a provider that signs with HS256",
      oidc,
      withSet({ id_token_signing_alg_values_supported: ["HS256"] }),
      /problem OpenID provider of acme: signs ID tokens with HS256 only/,
    ],
    [
      "a provider without PKCE",
      oidc,
      withSet({ code_challenge_methods_supported: ["plain"] }),
      /warning OpenID provider of acme: .*PKCE/,
    ],
    [
      "a provider whose keys are down",
      oidc,
      { [discovery]: { body: document } },
      /problem JWK set of the OpenID provider of acme: Nobody/,
    ],
    [
      "a server that is not up",
      site(),
      { "https://chat.acme.example/healthz": new OutboundRefused("Down.") },
      /warning PUBLIC_URL\/healthz: Down/,
    ],
    [
      "another server at PUBLIC_URL",
      site(),
      { "https://chat.acme.example/healthz": { body: "<html>" } },
      /warning PUBLIC_URL\/healthz: .*not as this server/,
    ],
    [
      "a clock that is an hour slow",
      site(),
      {
        "https://chat.acme.example/healthz": {
          body: { status: "ok" },
          date: new Date((nowSeconds + 3600) * 1000).toUTCString(),
        },
      },
      /problem clock: is 3600 s behind/,
    ],
  ] as const)("%s", async (_, config, answers, says) => {
    expect((await findings(config, ready, { ...usual, ...answers })).text).toMatch(says);
  });

  it("and is content with what answers", async () => {
    const answers = { ...usual, [setUrl]: { body: { keys: [jwk] } }, [discovery]: { body: document } };
    expect((await findings(remote, ready, answers)).of("JWK set of acme")).toMatchObject([
      { level: "fine", found: "reachable; ec-1 for ES256" },
    ]);
    const provider = await findings(oidc, ready, answers);
    expect(provider.text).toBe("");
    expect(provider.of("OpenID provider of acme")[0]?.found).toBe(
      "its discovery document answers; it has no revocation_endpoint, end_session_endpoint, backchannel_logout_supported",
    );
  });
});
