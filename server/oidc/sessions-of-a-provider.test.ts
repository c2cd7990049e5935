import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OpenedSession } from "../../shared/protocol.ts";
import { type BreakingProvider, startBreakingProvider } from "./testing/breaking-provider.ts";
import { type Companion, startCompanion } from "./testing/companion.ts";
import { type TurnedClock, turnedClock } from "./testing/turned-clock.ts";

let clock: TurnedClock;
let provider: BreakingProvider;
let companion: Companion;

beforeEach(async () => {
  clock = turnedClock();
  provider = await startBreakingProvider(clock);
  provider.answer = { refresh_token: "r-1" };
  companion = await startCompanion(provider.discoveryUri, { clock });
});
afterEach(async () => {
  await companion.close();
  await provider.close();
});

const code = (text = "c") => ({ type: "oidcCode", code: text, redirectUri: "https://www.acme.example/cb" });
const renew = async ({ sessionToken }: OpenedSession, json: object = {}) => {
  const response = await companion.fetch("/api/v1/session/renew", { token: sessionToken, json });
  return (await response.json()) as OpenedSession & { code?: string };
};
const stateOf = async ({ sessionToken }: OpenedSession) =>
  companion.fetch("/api/v1/session", { token: sessionToken });
const logOut = ({ sessionToken }: OpenedSession, query = "") =>
  companion.fetch(`/api/v1/session${query}`, { method: "DELETE", token: sessionToken });
const revoked = () =>
  provider.requests.flatMap(({ path, form }) => (path === "/revocation" ? [form.get("token")] : []));

describe("A code", () => {
  it("opens one session, even where the provider takes it again", async () => {
    await companion.openSession(code());
    expect(await companion.refusalOf(code())).toBe("token_replayed");
    expect((await companion.ask(code("d"))).status).toBe(201);
  });

  it("that was replayed leaves no refresh token behind at the provider", async () => {
    await companion.openSession(code());
    provider.answer = { refresh_token: "r-2" };
    await companion.refusalOf(code());
    await vi.waitFor(() => expect(revoked()).toEqual(["r-2"]));
  });

  it("renews a session of the same customer, and of no other", async () => {
    const session = await companion.openSession(code());
    expect(await renew(session, { identity: code("d") })).toMatchObject({ id: session.id });
    const other = await companion.openSession(code("e"));
    provider.claims = { sub: "bob" };
    expect((await renew(other, { identity: code("f") })).code).toBe("identity_changed");
    expect((await stateOf(other)).status).toBe(200);
  });
});

describe("An ID token", () => {
  it("signed with a key that the provider has turned to is taken within seconds", async () => {
    await companion.openSession({ type: "idToken", token: await provider.idToken() });
    await provider.rotateKey();
    clock.pass(6);
    const token = await provider.idToken();
    expect((await companion.ask({ type: "idToken", token })).status).toBe(201);
  });

  it("opens sessions until a logout revokes it", async () => {
    const identity = { type: "idToken", token: await provider.idToken() };
    const session = await companion.openSession(identity);
    await companion.openSession(identity);
    expect(session.silentRenewal).toBe(false);
    await logOut(session);
    expect(await companion.refusalOf(identity)).toBe("token_revoked");
  });

  it("opens one session where the community takes each token once", async () => {
    const once = await startCompanion(provider.discoveryUri, { clock, community: { singleUseTokens: true } });
    try {
      const identity = { type: "idToken", token: await provider.idToken() };
      await once.openSession(identity);
      expect(await once.refusalOf(identity)).toBe("token_replayed");
    } finally {
      await once.close();
    }
  });

  it("is refused where the community takes no signed identities, and so is every other way in", async () => {
    const closed = await startCompanion(provider.discoveryUri, {
      clock,
      community: { signedIdentities: "reject" },
    });
    try {
      for (const identity of [
        { type: "idToken", token: await provider.idToken() },
        code(),
        { type: "signInTicket", ticket: "t" },
      ])
        expect(await closed.refusalOf(identity)).toBe("signed_identity_rejected");
      expect((await closed.fetch("/oidc/sign-in/sso-web")).status).toBe(403);
      const info = (await (await closed.fetch("/api/v1/deployments/sso-web")).json()) as {
        signIn: { methods: string[] };
      };
      expect(info.signIn.methods).toEqual([]);
    } finally {
      await closed.close();
    }
  });
});

describe("Silent renewal", () => {
  it("is told of, where there is a refresh token", async () => {
    const session = await companion.openSession(code());
    expect(await (await stateOf(session)).json()).toMatchObject({ silentRenewal: true });
    const info = await companion.fetch("/api/v1/deployments/sso-web");
    expect(await info.json()).toMatchObject({
      signIn: { methods: ["contactJwt", "platformJwt", "oidc"] },
    });
  });

  it("keeps the session with a new token and new times", async () => {
    const session = await companion.openSession(code());
    clock.pass(600);
    const renewed = await renew(session);
    expect(renewed).toMatchObject({ id: session.id, conversation: { id: session.conversation.id } });
    expect(Date.parse(renewed.expiresAt)).toBe(Date.parse(session.expiresAt) + 600_000);
    expect((await stateOf(session)).status).toBe(401);
  });

  it("needs a refresh token", async () => {
    provider.answer = {};
    const session = await companion.openSession(code());
    expect((await renew(session)).code).toBe("request_invalid");
    expect((await renew(session, { identity: null })).code).toBe("request_invalid");
  });

  it("ends with the provider's word, and not with its silence", async () => {
    const session = await companion.openSession(code());
    Object.assign(provider, { status: 503, answer: {} });
    expect((await renew(session)).code).toBe("unavailable");
    Object.assign(provider, { status: 400, answer: { error: "invalid_grant" } });
    expect((await renew(session)).code).toBe("oidc_exchange_failed");
    expect(await (await stateOf(session)).json()).toMatchObject({ silentRenewal: false });
    const asked = provider.requests.length;
    expect((await renew(session)).code).toBe("request_invalid");
    expect(provider.requests.length).toBe(asked);
  });

  it("goes on with the new refresh token after an ID token that could not be taken", async () => {
    const session = await companion.openSession(code());
    provider.answer = { refresh_token: "r-2", id_token: await provider.idToken({}, { kid: "p2" }) };
    expect((await renew(session)).code).toBe("key_unknown");
    provider.answer = { refresh_token: "r-3" };
    expect(await renew(session)).toMatchObject({ id: session.id });
    const used = provider.requests.map(({ form }) => form.get("refresh_token")).filter(Boolean);
    expect(used).toEqual(["r-1", "r-2"]);
  });

  it("gives no session to another customer", async () => {
    const session = await companion.openSession(code());
    provider.claims = { sub: "bob" };
    expect((await renew(session)).code).toBe("identity_changed");
    expect(await (await stateOf(session)).json()).toMatchObject({ contact: { platformKey: /uid:ada$/ } });
  });

  it("of two requests at once uses the refresh token once", async () => {
    const session = await companion.openSession(code());
    const [one, other] = await Promise.all([renew(session), renew(session)]);
    expect(one.sessionToken).toBe(other.sessionToken);
    const refreshes = provider.requests.filter(({ form }) => form.get("grant_type") === "refresh_token");
    expect(refreshes.length).toBe(1);
  });
});

describe("A logout", () => {
  it("does not wait for the provider, and the revocation is not lost while it is down", async () => {
    const session = await companion.openSession(code());
    provider.status = 503;
    expect((await logOut(session)).status).toBe(204);
    companion.sweep();
    await vi.waitFor(() => expect(revoked()).toEqual(["r-1"]));
    provider.status = 200;
    // The failed answer may still be on its way in; the clock is turned until the next attempt is due.
    await vi.waitFor(() => {
      clock.pass(5);
      companion.sweep();
      expect(revoked()).toEqual(["r-1", "r-1"]);
    });
    await vi.waitFor(async () => expect(await companion.store.grantsToRevoke(clock.now(), 10)).toEqual([]));
    clock.pass(3600);
    companion.sweep();
    expect(revoked()).toEqual(["r-1", "r-1"]);
  });

  it("revokes the refresh tokens of all that “everywhere” ends", async () => {
    const session = await companion.openSession(code());
    provider.answer = { refresh_token: "r-2" };
    await companion.openSession(code("d"));
    await logOut(session, "?everywhere=true");
    companion.sweep();
    await vi.waitFor(() => expect(revoked().toSorted()).toEqual(["r-1", "r-2"]));
  });

  it("says where to sign out of the provider, where it has such a place and vouched for the session", async () => {
    const url = async (session: OpenedSession) =>
      ((await (await logOut(session, "?atProvider=true")).json()) as { endSessionUrl: string | null })
        .endSessionUrl;
    expect(await url(await companion.openSession(code()))).toBe(`${provider.url}/end?client_id=vouch`);
    expect(await url(await companion.signIn("ada"))).toBeNull();
    clock.pass(1);
    const over = await companion.openSession(code("d"));
    await logOut(over);
    expect(await url(over)).toBeNull();
  });

  it.each(["javascript:alert(1)", "not an address", undefined])("never leads to %s", async (address) => {
    provider.discovery = { end_session_endpoint: address };
    const session = await companion.openSession(code());
    expect(await (await logOut(session, "?atProvider=true")).json()).toEqual({ endSessionUrl: null });
  });
});
