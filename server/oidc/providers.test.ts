import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { refusal, refusalCode } from "../identity/fixtures/refusal.ts";
import { type SignInWorld, startSignInWorld } from "./testing/sign-in-world.ts";

let world: SignInWorld;
beforeEach(async () => {
  world = await startSignInWorld();
});
afterEach(() => world.provider.close());

const minute = 60_000;

test("everybody who waits shares one fetch, and nobody fetches again for an hour", async () => {
  await Promise.all([world.place(), world.place(), world.place()]);
  world.pass(59 * minute);
  await world.place();
  expect(world.provider.discoveries).toBe(1);
});

test("after an hour it is fetched again behind everybody's back", async () => {
  await world.place();
  world.pass(60 * minute);
  world.provider.discovery = { jwks_uri: `${world.provider.url}/other` };
  expect((await world.place()).provider.jwksUri).toBe(`${world.provider.url}/jwks`);
  await vi.waitFor(async () =>
    expect((await world.place()).provider.jwksUri).toBe(`${world.provider.url}/other`),
  );
  expect(world.provider.discoveries).toBe(2);
});

test("a provider that is down serves by what it said last, for a day", async () => {
  await world.place();
  await world.provider.close();
  world.pass(23 * 60 * minute);
  await world.place();
  world.pass(60 * minute);
  expect(await refusalCode(() => world.place())).toBe("keyset_unavailable");
});

test("a provider that fails is asked again later and later", async () => {
  world.provider.discovery = { issuer: 5 };
  const attempts = [];
  for (let second = 0; second < 130; second++) {
    const before = world.provider.discoveries;
    expect(await refusalCode(() => world.place())).toBe("keyset_unavailable");
    if (world.provider.discoveries > before) attempts.push(second);
    world.pass(1000);
  }
  expect(attempts).toEqual([0, 1, 3, 7, 15, 31, 63, 123]);
  world.pass(minute);
  world.provider.discovery = {};
  await world.place();
});

test.each([
  ["another issuer", () => ({ issuer: "https://login.evil.example" }), "issuer_mismatch"],
  ["another tenant's issuer", (url: string) => ({ issuer: `${url}/tenant` }), "issuer_mismatch"],
  ["no jwks_uri", () => ({ jwks_uri: undefined }), "keyset_unavailable"],
  ["no token endpoint", () => ({ token_endpoint: undefined }), "keyset_unavailable"],
  [
    "algorithms that are no list",
    () => ({ id_token_signing_alg_values_supported: "RS256" }),
    "keyset_unavailable",
  ],
])("a document with %s is refused", async (_name, members, code) => {
  world.provider.discovery = members(world.provider.url);
  expect(await refusalCode(() => world.place())).toBe(code);
});

test("an issuer that ends with a slash is taken, and has to be written so in tokens", async () => {
  world.provider.discovery = { issuer: `${world.provider.url}/` };
  expect((await world.place()).provider.issuer).toBe(`${world.provider.url}/`);
});

test("the JWK set of a provider that its community no longer has is not kept fresh any more", async () => {
  const { community, settings, providers, provider } = world;
  const urisOf = (oidc: typeof settings | null) => providers.jwksUris([{ id: community.id, oidc }]);
  await world.place();
  expect(urisOf(settings)).toEqual([`${provider.url}/jwks`]);
  expect(urisOf({ ...settings, scope: "openid email" })).toEqual([`${provider.url}/jwks`]);
  expect(urisOf({ ...settings, clientId: "other" })).toEqual([]);
  // Forgotten, not hidden: it is asked anew when it comes back.
  expect(urisOf(settings)).toEqual([]);
  await world.place();
  expect(provider.discoveries).toBe(2);
  expect(urisOf(null)).toEqual([]);
  await world.place();
  expect(providers.jwksUris([])).toEqual([]);
});

test("why a provider can't be reached is for operators, not for whoever asks", async () => {
  await world.provider.close();
  const problem = await refusal(() => world.place());
  expect(problem.message).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/);
  expect(world.reports).toEqual([expect.stringMatching(/127\.0\.0\.1/)]);
});

test("where no documents may be fetched from this machine's network, none is", async () => {
  const { createProviders } = await import("./providers.ts");
  const { createGuardedFetch } = await import("../outbound/create-guarded-fetch.ts");
  const fetch = createGuardedFetch({ allowLoopback: false });
  const providers = createProviders({ ...world.deps, fetch, allowLoopback: false });
  const problem = await refusal(() => providers.of(world.community, world.settings));
  expect(problem.code).toBe("keyset_unavailable");
  expect(world.provider.discoveries).toBe(0);
});
