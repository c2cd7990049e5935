import { afterAll, beforeAll, expect, test } from "vitest";
import { oidcClientId } from "./demo-config.ts";
import { type DemoProvider, startProvider } from "./provider.ts";
import { type Shop, startShop } from "./shop.ts";
import { createShopKeys } from "./shop-keys.ts";

let provider: DemoProvider;
let shop: Shop;

beforeAll(async () => {
  const keys = await createShopKeys();
  provider = await startProvider({ port: 0 });
  const companionUrl = "http://localhost:1";
  shop = await startShop({ companionUrl, providerUrl: provider.url, port: 0, keys });
});
afterAll(async () => {
  await shop.close();
  await provider.close();
});

/** A browser as far as redirects and cookies go. Cookies don't know ports: those of all servers here are in one jar. */
function browser() {
  const jar = new Map<string, string>();
  return async function visit(address: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(address, {
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    const to = response.headers.get("location");
    return to ? visit(new URL(to, address).href) : response;
  };
}

test("asks to come back until it knows its client", async () => {
  expect((await fetch(`${provider.url}/.well-known/openid-configuration`)).status).toBe(503);
  provider.serve({
    clientId: oidcClientId,
    clientSecret: "a secret of the tests",
    companionUrl: "http://localhost:1",
    shopUrl: shop.url,
  });
  const discovery = await fetch(`${provider.url}/.well-known/openid-configuration`);
  expect(await discovery.json()).toMatchObject({ issuer: provider.url });
});

test("the shop's page gets a code for whoever signs in, once, and later ones silently", async () => {
  const visit = browser();
  const signIn = await visit(`${shop.url}/oidc/start?to=/try/authorization-code`);
  expect(await signIn.text()).toContain("Ada Lindqvist");
  const back = await visit(signIn.url, { customer: "ada" });
  expect(new URL(back.url).pathname).toBe("/try/authorization-code");

  const code = await visit(`${shop.url}/oidc/code`);
  expect(await code.json()).toEqual({
    authCode: expect.any(String),
    redirectUri: `${shop.url}/oidc/callback`,
    codeVerifier: expect.any(String),
    nonce: expect.any(String),
    iss: provider.url,
  });
  expect((await visit(`${shop.url}/oidc/code`)).status).toBe(401);

  await visit(`${shop.url}/oidc/start?silent`);
  expect((await visit(`${shop.url}/oidc/code`)).status).toBe(200);
});

test("nobody is signed in silently", async () => {
  const visit = browser();
  await visit(`${shop.url}/oidc/start?silent`);
  expect((await visit(`${shop.url}/oidc/code`)).status).toBe(401);
});

test("whoever does not want to sign in comes back without a code", async () => {
  const visit = browser();
  const signIn = await visit(`${shop.url}/oidc/start?to=/try/authorization-code`);
  await visit(signIn.url, { customer: "" });
  expect((await visit(`${shop.url}/oidc/code`)).status).toBe(401);
});
