import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createShopKeys } from "../shop-keys.ts";
import { createShopApp } from "./app.ts";
import { pageFile } from "./page-files.ts";
import { scenarios } from "./scenarios.ts";

const now = new Date("2026-11-21T10:00:00Z");
const nowSeconds = now.getTime() / 1000;

/** Answers `/authorize` as the companion does; the real one is met in the browser tests. */
const exchanges: unknown[] = [];
let companion: Server;
let app: ReturnType<typeof createShopApp>;
let companionUrl: string;

beforeAll(async () => {
  companion = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const asked = JSON.parse(body);
    exchanges.push({ url: request.url, ...asked });
    const expired = (decodeJwt(asked.contactJwt).exp ?? 0) < nowSeconds;
    response.statusCode = expired ? 401 : 200;
    const problem = { code: "token_expired", detail: "It expired an hour ago.", fix: "Sign a new one." };
    response.end(JSON.stringify(expired ? problem : { accessToken: "platform.jwt.example" }));
  });
  await new Promise<void>((resolve) => companion.listen(0, "127.0.0.1", resolve));
  companionUrl = `http://127.0.0.1:${(companion.address() as AddressInfo).port}`;
  app = createShopApp({
    companionUrl,
    providerUrl: "https://id.acme.example",
    shopUrl: "https://acme.example",
    keys: await createShopKeys(),
    now: () => now,
  });
});
afterAll(() => companion.close());

/** Signs in the way the form does and answers with the cookie. */
async function signIn(customer: string): Promise<string> {
  const response = await post("/sign-in", { customer, to: "/try" });
  expect([response.status, response.headers.get("location")]).toEqual([303, "/try"]);
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  app.request(path, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "sec-fetch-site": "same-origin", ...headers },
  });

async function page(path: string, cookie = ""): Promise<string> {
  const response = await app.request(path, { headers: { cookie } });
  expect(response.status).toBe(200);
  return response.text();
}

/** The settings as the page's own script leaves them; the page shows that script as well, further up. */
function settingsOf(markup: string): { deploymentId: string; contactJwt: string; platformJwt: string } {
  const literal = /window\.messengerSettings = (\{.*\});/.exec(markup.split("</main>")[1] ?? "")?.[1] ?? "{}";
  return JSON.parse(literal.replace(/([{,]\s*)(\w+):/g, '$1"$2":'));
}

describe("a visitor", () => {
  test("gets the messenger that takes visitors, with both placeholders empty", async () => {
    expect(settingsOf(await page("/"))).toMatchObject({
      deploymentId: "acme-visitors",
      contactJwt: "",
      platformJwt: "",
    });
  });

  test("gets no token", async () => {
    const response = await app.request("/token?page=contact-jwt");
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain("eyJ");
  });

  test("is not believed to be somebody by a cookie of their own making", async () => {
    for (const cookie of ["acme_customer=ada", "acme_customer=ada.c2lnbmF0dXJl"])
      expect(settingsOf(await page("/", cookie)).contactJwt).toBe("");
  });
});

describe("a customer", () => {
  test("is named in a token of one hour, signed with the page's algorithm", async () => {
    const cookie = await signIn("ada");
    for (const { slug, alg, handover } of scenarios) {
      if (handover !== "contactJwt") continue;
      const { contactJwt } = settingsOf(await page(`/try/${slug}`, cookie));
      expect(decodeProtectedHeader(contactJwt).alg).toBe(alg);
      expect(decodeJwt(contactJwt)).toMatchObject({
        identity: "ada",
        "comm100.name": "Ada Lindqvist",
        plan: "Trail club",
        exp: nowSeconds + 3600,
      });
    }
  });

  test("gets another token on every page, so that a logout of one revokes no other", async () => {
    const cookie = await signIn("ada");
    const first = settingsOf(await page("/", cookie)).contactJwt;
    expect(settingsOf(await page("/", cookie)).contactJwt).not.toBe(first);
  });

  test("is handed over as a platform JWT, and the page holds no Contact JWT", async () => {
    const markup = await page("/try/platform-jwt", await signIn("bob"));
    expect(settingsOf(markup)).toMatchObject({ contactJwt: "", platformJwt: "platform.jwt.example" });
    expect(markup).not.toContain("eyJ");
    expect(exchanges.at(-1)).toMatchObject({
      url: "/api/v1/authorize",
      siteId: 10000,
      messengerId: "acme-web",
    });
  });

  test("sees why an exchange was refused", async () => {
    const markup = await page("/try/platform-jwt?token=expired", await signIn("bob"));
    expect(markup).toContain("token_expired");
    expect(settingsOf(markup).platformJwt).toBe("");
  });

  test("is handed over on demand to getToken, in the state that the page asks for", async () => {
    const cookie = await signIn("ada");
    expect(settingsOf(await page("/try/get-token", cookie)).contactJwt).toBe("");
    const ask = async (query: string): Promise<{ contactJwt: string }> => {
      const response = await app.request(`/token?page=get-token${query}`, { headers: { cookie } });
      return (await response.json()) as { contactJwt: string };
    };
    expect(decodeJwt((await ask("")).contactJwt).exp).toBe(nowSeconds + 3600);
    expect(decodeJwt((await ask("&token=expired")).contactJwt).exp).toBe(nowSeconds - 3600);
    expect(await ask("&token=placeholder")).toEqual({ contactJwt: "{{contact_jwt}}" });
  });

  test("is forgotten after signing out", async () => {
    const response = await post("/sign-out", { to: "/" }, { cookie: await signIn("ada") });
    expect(response.status).toBe(303);
    expect(response.headers.get("set-cookie")).toMatch(/acme_customer=;.*Max-Age=0/);
  });
});

describe("the shop", () => {
  test("shows the code that it runs", async () => {
    const markup = await page("/try/get-token", await signIn("ada"));
    const shown = [...markup.matchAll(/<code class="code">([\s\S]*?)<\/code>/g)].map(([, code]) =>
      (code ?? "").replace(/&lt;|&gt;|&quot;|&#39;|&amp;/g, (name) => entities[name] ?? name),
    );
    expect(markup.split("</main>")[1]).toContain(shown[0]);
    expect(shown).toContain(pageFile("calls.js").trim());
  });

  test("puts one nonce, new each time, on every script of the strict page, and on nothing else", async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const response = await app.request("/try/strict-csp");
        const policy = response.headers.get("content-security-policy") ?? "";
        expect(policy).toContain(`frame-src ${companionUrl};`);
        expect(policy).not.toContain("unsafe");
        const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
        const body = (await response.text()).replace(/<pre>[\s\S]*?<\/pre>/g, "");
        for (const [tag] of body.matchAll(/<script[^>]*>/g)) expect(tag).toContain(`nonce="${nonce}"`);
        expect(body).not.toMatch(/\sstyle=|\son\w+=/);
        return nonce;
      }),
    );
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test("lets no other site sign its customers in or out", async () => {
    const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    for (const path of ["/sign-in", "/sign-out"])
      expect((await post(path, { customer: "ada" }, foreign)).status).toBe(403);
  });

  test.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])(
    "sends nobody to %s",
    async (to) => {
      expect((await post("/sign-in", { customer: "ada", to })).headers.get("location")).toBe("/");
      expect(await page(`/sign-in?to=${encodeURIComponent(to)}`)).not.toContain("evil.example");
    },
  );

  test("lets nothing that it answers be kept by a cache", async () => {
    for (const path of ["/", "/try/contact-jwt", "/token?page=contact-jwt"])
      expect((await app.request(path)).headers.get("cache-control")).toBe("no-store");
  });

  test("knows neither pages nor files nor people that are not there", async () => {
    for (const path of ["/try/nothing", "/products/nothing", "/pages/..%2f..%2fpackage.json", "/token"])
      expect((await app.request(path)).status).toBe(404);
    expect((await post("/sign-in", { customer: "constructor" })).status).toBe(400);
  });
});

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};
