import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { IdentityAssertion } from "../../shared/protocol.ts";
import { platformKey } from "../identity/identity.ts";
import type { Oidc } from "../oidc/oidc.ts";
import { hashSessionToken } from "./session-token.ts";
import { createSessions } from "./sessions.ts";
import { startSessions } from "./testing.ts";

type World = Awaited<ReturnType<typeof startSessions>>;

describe("What a provider grants", () => {
  let world: World;
  beforeEach(async () => {
    world = await startSessions();
  });
  afterEach(() => world.store.close());

  const code = { type: "oidcCode", code: "c", redirectUri: "https://acme.example/" } as const;

  /** Sessions of a community whose provider vouches for `identity`, and grants a refresh token with every code. */
  function setUp(identity = "ada", sealedRefreshToken: string | null = "sealed") {
    const expiresAtSeconds = world.clock.now() / 1000 + 3600;
    const token = { hashes: [identity], issuedAtSeconds: 1, expiresAtSeconds, singleUseId: null };
    const customer = {
      communityId: "open",
      authId: "sso",
      identity,
      platformKey: platformKey("open", "sso", identity),
      fields: {},
      preview: false,
      token,
      warnings: [],
    };
    const grant = { sealedRefreshToken, providerSession: "sid" };
    const signIn = vi.fn<Oidc["signIn"]>(async () => ({ identity: customer, grant }));
    const renew = vi.fn<Oidc["renew"]>(async () => ({
      kind: "renewed",
      identity: { ...customer, token: null },
      grant: { ...grant, sealedRefreshToken: "next" },
    }));
    const revoke = vi.fn<Oidc["revoke"]>(async () => true);
    const oidc = { ...world.oidc, signIn, renew, revoke };
    const sessions = createSessions({ ...world, oidc });
    return {
      ...{ sessions, signIn, renew, revoke },
      open: (handover: string | null = null, assertion: IdentityAssertion = code) =>
        sessions.open({ ...world.place("open"), identity: assertion, device: "", handover }),
    };
  }

  const visit = () => world.open({ type: "anonymous" }, "open");

  it("stays with the session, which can be renewed without the customer", async () => {
    const { open, sessions, renew, revoke } = setUp();
    const opened = await open();
    expect(opened.silentRenewal).toBe(true);
    const renewed = await sessions.renew(opened.sessionToken, null);
    expect(renewed.id).toBe(opened.id);
    expect(renew.mock.calls[0]?.[0]).toEqual({ sealedRefreshToken: "sealed", providerSession: "sid" });
    expect(await world.store.grant(opened.id)).toMatchObject({ sealedRefreshToken: "next" });
    expect(revoke).not.toHaveBeenCalled();
  });

  it("is asked for where a session has none, and refused", async () => {
    const { sessions, open, renew } = setUp("ada", null);
    const { sessionToken } = await open();
    await expect(sessions.renew(sessionToken, null)).rejects.toMatchObject({ code: "request_invalid" });
    expect(renew).not.toHaveBeenCalled();
  });

  it("is given back where no session keeps it: refused at opening, at renewing, at a handover that came too late", async () => {
    const { open, sessions, revoke, signIn } = setUp();
    const { sessionToken, id } = await open();
    const guest = await visit();
    // Between the look at the visitor's session and the transaction somebody else signs in with it.
    const answer = await signIn({ ...code }, world.place("open").deployment, world.place("open").community);
    signIn.mockImplementationOnce(async () => {
      await world.sessions.end(guest.sessionToken, { everywhere: false });
      return answer;
    });
    await expect(open(guest.sessionToken)).rejects.toMatchObject({ code: "session_revoked" });
    expect(revoke.mock.calls.map(([sealed]) => sealed)).toEqual(["sealed"]);

    await world.store.endSession({
      tokenHash: hashSessionToken((await open()).sessionToken),
      everywhere: false,
      at: world.clock.now(),
    });
    await expect(open()).rejects.toMatchObject({ code: "token_revoked" });
    await expect(sessions.renew(sessionToken, code)).rejects.toMatchObject({ code: "token_revoked" });
    expect(revoke).toHaveBeenCalledTimes(3);
    expect((await world.store.grant(id))?.sealedRefreshToken).toBe("sealed");
  });

  it("leaves a refusal what it is where the provider can't be reached, and needs no call where there is nothing", async () => {
    const { open, revoke } = setUp();
    revoke.mockRejectedValue(new Error("The provider is down."));
    const { sessionToken } = await open();
    await world.sessions.end(sessionToken, { everywhere: false });
    await expect(open()).rejects.toMatchObject({ code: "token_revoked" });
    expect(revoke).toHaveBeenCalledOnce();
    const without = setUp("ada", null);
    await expect(without.open()).rejects.toMatchObject({ code: "token_revoked" });
    expect(without.revoke).not.toHaveBeenCalled();
  });

  it("is asked for by no handover that is refused anyway: the code is still good", async () => {
    const { open, signIn } = setUp();
    const signedIn = await world.open({ type: "contactJwt", token: await world.sign("bob", "open") }, "open");
    const elsewhere = await world.open({ type: "anonymous" }, "once");
    for (const { sessionToken } of [signedIn, elsewhere])
      await expect(open(sessionToken)).rejects.toMatchObject({ code: "forbidden" });
    await expect(open("guess")).rejects.toMatchObject({ code: "session_missing" });
    expect(signIn).not.toHaveBeenCalled();
    await open((await visit()).sessionToken);
    expect(signIn).toHaveBeenCalledOnce();
  });
});
