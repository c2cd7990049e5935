import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "../../shared/problem-error.ts";
import { platformKey } from "../identity/identity.ts";
import type { Oidc } from "../oidc/oidc.ts";
import type { Renewal } from "../oidc/sign-ins.ts";
import type { SharedLocks } from "../redis/shared-locks.ts";
import { createSessions } from "./sessions.ts";
import { startSessions } from "./testing.ts";

type World = Awaited<ReturnType<typeof startSessions>>;

describe("A silent renewal", () => {
  let world: World;
  beforeEach(async () => {
    world = await startSessions();
  });
  afterEach(() => world.store.close());

  /** A session whose provider granted a refresh token, and the provider's answer when it is shown. */
  async function setUp(sealedRefreshToken: string | null = "first") {
    const customer = {
      communityId: "open",
      authId: "sso",
      identity: "ada",
      platformKey: platformKey("open", "sso", "ada"),
      fields: {},
      preview: false,
      warnings: [],
    };
    const tokenOf = (hash: string) => ({
      hashes: [hash],
      issuedAtSeconds: 1,
      expiresAtSeconds: world.clock.now() / 1000 + 3600,
      singleUseId: null,
    });
    const grant = { sealedRefreshToken, providerSession: "sid" };
    const signIn = vi.fn<Oidc["signIn"]>(async () => ({
      identity: { ...customer, token: tokenOf("code") },
      grant,
    }));
    const renewed = (hash: string | null): Renewal => ({
      kind: "renewed",
      identity: { ...customer, token: hash === null ? null : tokenOf(hash) },
      grant: { ...grant, sealedRefreshToken: "next" },
    });
    const renew = vi.fn<Oidc["renew"]>(async () => renewed(null));
    const parts = { ...world, oidc: { ...world.oidc, signIn, renew } };
    const sessions = createSessions(parts);
    const open = () =>
      sessions.open({
        ...world.place("open"),
        identity: { type: "oidcCode", code: "c", redirectUri: "https://acme.example/" },
        device: "",
        handover: null,
      });
    return {
      ...{ parts, sessions, signIn, renew, renewed, customer, tokenOf, grant, open },
      session: await open(),
      stored: async (id: string) => (await world.store.grant(id))?.sealedRefreshToken ?? null,
    };
  }

  const problem = new ProblemError("oidc_exchange_failed", { detail: "The provider says no." });

  it("where the session has no refresh token says what it needs instead", async () => {
    const { sessions, session } = await setUp(null);
    await expect(sessions.renew(session.sessionToken, null)).rejects.toMatchObject({
      code: "request_invalid",
      message: "The session holds no refresh token: identity is expected.",
    });
  });

  it("while another node renews it is to be asked for again, and the provider is asked there alone", async () => {
    const { parts, open, renew } = await setUp();
    const [here, elsewhere] = [await open(), await open()];
    const heldElsewhere = `renewal:${elsewhere.id}`;
    const locks: SharedLocks = {
      alone: async (name, _ms, work) => (name === heldElsewhere ? null : { result: await work() }),
    };
    const sessions = createSessions({ ...parts, locks });
    await expect(sessions.renew(elsewhere.sessionToken, null)).rejects.toMatchObject({
      code: "unavailable",
      message: "The session is being renewed for another tab.",
      retryAfterSeconds: 1,
    });
    expect(renew).not.toHaveBeenCalled();
    expect(await sessions.renew(here.sessionToken, null)).toMatchObject({ id: here.id });
  });

  it("obeys the policy of now, and does not ask the provider first", async () => {
    const { parts, session, renew } = await setUp();
    const { communities } = world.config;
    const { community } = world.place("open");
    const config = {
      ...world.config,
      communities: new Map(communities).set("open", { ...community, signedIdentities: "reject" as const }),
    };
    const restarted = createSessions({ ...parts, config });
    await expect(restarted.renew(session.sessionToken, null)).rejects.toMatchObject({
      code: "session_revoked",
    });
    expect(renew).not.toHaveBeenCalled();
  });

  it("that the provider refuses for good forgets the refresh token, and the session lives on", async () => {
    const { sessions, session, renew, stored } = await setUp();
    renew.mockResolvedValueOnce({ kind: "over", problem });
    await expect(sessions.renew(session.sessionToken, null)).rejects.toBe(problem);
    expect(await stored(session.id)).toBeNull();
    const details = await sessions.authenticate(session.sessionToken);
    expect(sessions.state(details).silentRenewal).toBe(false);
  });

  it("that failed after the refresh token was replaced keeps the new one", async () => {
    const { sessions, session, renew, stored } = await setUp();
    renew.mockResolvedValueOnce({ kind: "rotated", sealedRefreshToken: "second", problem });
    await expect(sessions.renew(session.sessionToken, null)).rejects.toBe(problem);
    expect(await stored(session.id)).toBe("second");
    await sessions.renew(session.sessionToken, null);
    expect(renew.mock.lastCall?.[0]).toMatchObject({ sealedRefreshToken: "second" });
  });

  it("brings a new ID token, which a logout revokes as it does the first", async () => {
    const { sessions, session, renew, renewed, signIn, customer, tokenOf, grant, open } = await setUp();
    renew.mockResolvedValueOnce(renewed("renewal"));
    const { sessionToken } = await sessions.renew(session.sessionToken, null);
    await sessions.end(sessionToken, { everywhere: false });
    signIn.mockResolvedValueOnce({ identity: { ...customer, token: tokenOf("renewal") }, grant });
    await expect(open()).rejects.toMatchObject({ code: "token_revoked" });
  });

  it("is one for all requests of a session at a time, and the next request makes another", async () => {
    const { sessions, session, renew } = await setUp();
    const [one, other] = await Promise.all([
      sessions.renew(session.sessionToken, null),
      sessions.renew(session.sessionToken, null),
    ]);
    expect(other).toEqual(one);
    expect(renew).toHaveBeenCalledOnce();
    const next = await sessions.renew(one.sessionToken, null);
    expect(next.sessionToken).not.toBe(one.sessionToken);
    expect(renew).toHaveBeenCalledTimes(2);
  });

  it("is not shared with another session of the same customer", async () => {
    const { sessions, session, renew, open } = await setUp();
    const second = await open();
    const [one, other] = await Promise.all(
      [session, second].map(({ sessionToken }) => sessions.renew(sessionToken, null)),
    );
    expect(one?.id).not.toBe(other?.id);
    expect(renew).toHaveBeenCalledTimes(2);
  });
});
