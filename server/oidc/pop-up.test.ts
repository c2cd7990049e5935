import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BreakingProvider, startBreakingProvider } from "./testing/breaking-provider.ts";
import { type Browser, createBrowser } from "./testing/browser.ts";
import { type Companion, deployment, messageOf, startCompanion } from "./testing/companion.ts";
import { type TurnedClock, turnedClock } from "./testing/turned-clock.ts";

let clock: TurnedClock;
let provider: BreakingProvider;
let companion: Companion;
let browser: Browser;

beforeEach(async () => {
  clock = turnedClock();
  provider = await startBreakingProvider(clock);
  companion = await startCompanion(provider.discoveryUri, { clock });
  browser = createBrowser();
});
afterEach(async () => {
  await companion.close();
  await provider.close();
});

/** The pop-up on its way: what the provider is asked for. */
async function start(by = browser, id = deployment): Promise<URLSearchParams> {
  const visit = await by.open(`${companion.url}/oidc/sign-in/${id}`, (url) => url.origin === provider.url);
  return visit.url.searchParams;
}

const callback = (parameters: Record<string, string>, by = browser) =>
  by.open(`${companion.url}/oidc/callback?${new URLSearchParams(parameters)}`);

/** The whole way, with a provider that keeps to the rules. */
async function ticketOf(asked: URLSearchParams, by = browser): Promise<string> {
  provider.claims = { nonce: asked.get("nonce") };
  const { text } = await callback({ state: asked.get("state") ?? "", code: "c" }, by);
  return messageOf(text).ticket ?? "";
}

const open = (ticket: string, id?: string) => companion.ask({ type: "signInTicket", ticket }, id);

describe("The pop-up", () => {
  it("asks the provider with S256, a nonce, the configured scope and our own callback", async () => {
    const asked = await start();
    expect(Object.fromEntries(asked)).toEqual({
      client_id: "vouch",
      response_type: "code",
      redirect_uri: `${companion.publicOrigin}/oidc/callback`,
      scope: "openid email profile offline_access",
      state: expect.stringMatching(/^v1\.[\w-]{100,}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    });
  });

  it("never asks twice alike", async () => {
    const [one, other] = [await start(), await start()];
    for (const name of ["state", "nonce", "code_challenge"]) expect(one.get(name)).not.toBe(other.get(name));
  });

  it("hands over a ticket that opens a session, with the verifier of its challenge", async () => {
    const asked = await start();
    const response = await open(await ticketOf(asked));
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ contact: { platformKey: "v1/sso/AUTH/login/uid:ada" } });
    const verifier = provider.requests.at(-1)?.form.get("code_verifier") ?? "";
    expect(createHash("sha256").update(verifier).digest("base64url")).toBe(asked.get("code_challenge"));
  });

  it("ends on a page that nobody frames, keeps or refers to, and that leaves its opener in place", async () => {
    const asked = await start();
    const { response, text } = await callback({ state: asked.get("state") ?? "", code: "c" });
    const header = (name: string) => response?.headers.get(name) ?? "";
    expect(header("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/,
    );
    expect(header("content-security-policy")).not.toContain("unsafe");
    expect(header("cache-control")).toBe("no-store");
    expect(header("referrer-policy")).toBe("no-referrer");
    expect(header("cross-origin-opener-policy")).toBe("unsafe-none");
    expect(text).not.toMatch(/<script(?! type="application\/json"| type="module" src="\/oidc\/sign-in.js")/);
    expect(text).not.toContain('"c"');
  });

  it("works twice at a time in one browser", async () => {
    const [one, other] = [await start(), await start()];
    const first = await ticketOf(one);
    expect((await open(first)).status).toBe(201);
    provider.claims = { nonce: other.get("nonce") };
    const { text } = await callback({ state: other.get("state") ?? "", code: "d" });
    expect((await open(messageOf(text).ticket ?? "")).status).toBe(201);
  });

  it("leaves a browser with eight cookies at most, however often it is opened", async () => {
    for (let i = 0; i < 12; i++) await start();
    const oldest = await start();
    for (let i = 0; i < 8; i++) await start();
    expect(await ticketOf(oldest)).toBe("");
  });

  it.each([
    ["nowhere", 404, "deployment_unknown"],
    ["acme-web", 400, "oidc_exchange_failed"],
  ])("of the deployment %s is a page that says why not", async (id, status, code) => {
    const { response, text } = await browser.open(`${companion.url}/oidc/sign-in/${id}`);
    expect(response?.status).toBe(status);
    expect(messageOf(text)).toEqual({ error: code });
  });

  it("is a window: as an image or a frame of any page it is refused, and takes nothing of its visitor's limit", async () => {
    await companion.close();
    companion = await startCompanion(provider.discoveryUri, { clock, sessionRequestsPerMinute: 3 });
    const ask = (destination: string) =>
      companion.fetch(`/oidc/sign-in/${deployment}`, { headers: { "sec-fetch-dest": destination } });
    for (const destination of ["image", "iframe", "empty", "script"]) {
      const response = await ask(destination);
      expect(response.status).toBe(403);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect((await ask("document")).status).toBe(302);
  });

  it("says so where the provider is down", async () => {
    await provider.close();
    const { response, text } = await browser.open(`${companion.url}/oidc/sign-in/${deployment}`);
    expect(response?.status).toBe(503);
    expect(messageOf(text)).toEqual({ error: "keyset_unavailable" });
  });
});

describe("The callback hands over no ticket", () => {
  const refused = async (parameters: Record<string, string>, by = browser) => {
    const { response, text } = await callback(parameters, by);
    expect(response?.status).toBe(400);
    const { ticket, error } = messageOf(text);
    expect(ticket).toBeUndefined();
    return error;
  };
  const stateOf = async (by = browser) => (await start(by)).get("state") ?? "";

  it("to a browser that did not start the sign-in (login CSRF)", async () => {
    const attacker = createBrowser();
    expect(await refused({ state: await stateOf(attacker), code: "c" })).toBe("request_invalid");
    await start();
    expect(await refused({ state: await stateOf(attacker), code: "c" })).toBe("request_invalid");
  });

  /** Without a browser, to send any cookie. */
  async function started() {
    const response = await fetch(`${companion.url}/oidc/sign-in/${deployment}`, { redirect: "manual" });
    const [, name = "", secret = ""] =
      /^([^=]+)=([^;]*)/.exec(response.headers.getSetCookie()[0] ?? "") ?? [];
    const state = new URL(response.headers.get("location") ?? "").searchParams.get("state") ?? "";
    const answer = async (cookie: string) =>
      (
        await fetch(`${companion.url}/oidc/callback?${new URLSearchParams({ state, code: "c" })}`, {
          headers: { cookie },
        })
      ).status;
    return { name, secret, answer };
  }

  it("for the state of another sign-in, with the cookie of this one renamed to fit", async () => {
    const [own, foreign] = [await started(), await started()];
    expect(await foreign.answer(`${foreign.name}=${own.secret}`)).toBe(400);
    expect(await foreign.answer(`${own.name}=${foreign.secret}`)).toBe(400);
    expect(await foreign.answer(`${foreign.name}=`)).toBe(400);
    expect(await foreign.answer(`${foreign.name}=${foreign.secret}`)).toBe(200);
  });

  it("where a second cookie of the same name was planted", async () => {
    const { name, secret, answer } = await started();
    expect(await answer(`${name}=planted; ${name}=${secret}`)).toBe(400);
    expect(await answer(`theme=dark; ${name}=${secret}; other=1`)).toBe(200);
  });

  it("twice for one answer", async () => {
    const state = await stateOf();
    expect(messageOf((await callback({ state, code: "c" })).text).ticket).toBeTruthy();
    expect(await refused({ state, code: "c" })).toBe("request_invalid");
  });

  it("after ten minutes", async () => {
    const [late, inTime] = [await stateOf(), await stateOf()];
    clock.pass(599);
    expect(messageOf((await callback({ state: inTime, code: "c" })).text).ticket).toBeTruthy();
    clock.pass(1);
    expect(await refused({ state: late, code: "c" })).toBe("request_invalid");
  });

  it("for a state that was changed, or is none", async () => {
    const state = await stateOf();
    const changed = `${state.slice(0, 40)}${state[40] === "A" ? "B" : "A"}${state.slice(41)}`;
    for (const other of [changed, state.slice(0, -1), "", "x", "v1.", "v1.AAAA", "x".repeat(5000)])
      expect(await refused({ state: other, code: "c" })).toBe("request_invalid");
    expect(await refused({ code: "c" })).toBe("request_invalid");
  });

  it("for a ticket in the place of the state", async () => {
    expect(await refused({ state: await ticketOf(await start()), code: "c" })).toBe("request_invalid");
  });

  it("where a parameter stands there twice", async () => {
    const state = await stateOf();
    const { response } = await browser.open(
      `${companion.url}/oidc/callback?${new URLSearchParams({ state })}&code=c&code=d`,
    );
    expect(response?.status).toBe(400);
  });

  it.each([
    [{ error: "access_denied" }, "oidc_exchange_failed"],
    [{ error: "access_denied", code: "c" }, "oidc_exchange_failed"],
    [{ error: "<script>alert(1)</script>" }, "oidc_exchange_failed"],
    [{}, "oidc_exchange_failed"],
    [{ code: "" }, "oidc_exchange_failed"],
    [{ code: "c".repeat(4097) }, "oidc_exchange_failed"],
    [{ code: "c", iss: "https://login.evil.example" }, "issuer_mismatch"],
    [{ code: "c", iss: "" }, "issuer_mismatch"],
  ])("for the answer %o", async (parameters, code) => {
    expect(await refused({ state: await stateOf(), ...parameters })).toBe(code);
  });

  it("without iss, where the provider says that it always names itself", async () => {
    provider.discovery = { authorization_response_iss_parameter_supported: true };
    expect(await refused({ state: await stateOf(), code: "c" })).toBe("issuer_mismatch");
    const { text } = await callback({ state: await stateOf(), code: "c", iss: provider.url });
    expect(messageOf(text).ticket).toBeTruthy();
  });
});

describe("A ticket opens nothing", () => {
  const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

  it("twice, even where the provider takes its code again", async () => {
    const ticket = await ticketOf(await start());
    expect((await open(ticket)).status).toBe(201);
    expect(await codeOf(await open(ticket))).toBe("token_replayed");
  });

  it("in another deployment", async () => {
    const ticket = await ticketOf(await start());
    expect(await codeOf(await open(ticket, "sso-app"))).toBe("oidc_exchange_failed");
    expect(provider.requests).toEqual([]);
  });

  it("after a minute", async () => {
    const ticket = await ticketOf(await start());
    clock.pass(60);
    expect(await codeOf(await open(ticket))).toBe("oidc_exchange_failed");
  });

  it("where it was changed, is none, or is a state", async () => {
    const asked = await start();
    const ticket = await ticketOf(asked);
    for (const other of [`${ticket}A`, "", "v1.", asked.get("state") ?? ""])
      expect(await codeOf(await open(other))).toBe("oidc_exchange_failed");
  });

  it("where the provider answers with another nonce, or none", async () => {
    for (const nonce of ["other", undefined]) {
      const ticket = await ticketOf(await start());
      provider.claims = { nonce };
      expect(await codeOf(await open(ticket))).toBe("oidc_nonce_mismatch");
    }
  });
});
