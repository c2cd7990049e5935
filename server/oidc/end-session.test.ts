import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createOidc } from "./oidc.ts";
import { companion, type SignInWorld, startSignInWorld } from "./testing/sign-in-world.ts";

let world: SignInWorld;
beforeEach(async () => {
  world = await startSignInWorld();
});
afterEach(() => world.provider.close());

const issuer = "https://login.acme.example";

/** Where a server in production sends a browser to, if the discovery document says so. */
function endSessionUrl(end_session_endpoint: string): Promise<string | null> {
  const document = {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    token_endpoint: `${issuer}/token`,
    end_session_endpoint,
  };
  const oidc = createOidc({
    ...world.deps,
    allowLoopback: false,
    fetch: async () => ({
      status: 200,
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(document)),
    }),
    randomBytes,
    publicOrigin: () => companion,
  });
  return oidc.endSessionUrl({ ...world.community, oidc: { ...world.settings, discoveryUri: issuer } });
}

test("The browser is sent to sign out of the provider by https", async () => {
  expect(await endSessionUrl(`${issuer}/end?x=1`)).toBe(`${issuer}/end?x=1&client_id=vouch`);
});

test.each(["http://login.acme.example/end", "javascript:alert(1)", "//login.acme.example/end"])(
  "and never to %s",
  async (address) => expect(await endSessionUrl(address)).toBeNull(),
);
