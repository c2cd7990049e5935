import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenedSession } from "../../shared/protocol.ts";
import { minute, startSessions } from "./testing.ts";

type World = Awaited<ReturnType<typeof startSessions>>;

describe("The life of a session", () => {
  let world: World;
  beforeEach(async () => {
    world = await startSessions();
  });
  afterEach(() => world.store.close());

  const anonymous = { type: "anonymous" } as const;
  const contactJwt = async (sub: string, communityId = "strict", claims = {}) =>
    ({ type: "contactJwt", token: await world.sign(sub, communityId, claims) }) as const;
  const refused = (code: string) => ({ code });
  const authenticate = ({ sessionToken }: OpenedSession) => world.sessions.authenticate(sessionToken);

  describe("renewing", () => {
    it("keeps the session and the conversation, with a new token and new times; the old token is dead", async () => {
      const opened = await world.open(await contactJwt("ada"));
      const before = await authenticate(opened);
      world.pass(20 * minute);
      const renewed = await world.sessions.renew(opened.sessionToken, await contactJwt("ada"));
      expect((await authenticate(renewed)).session.id).toBe(before.session.id);
      expect(renewed.conversation.id).toBe(opened.conversation.id);
      expect(renewed.expiresAt).toBe("2026-11-21T10:20:00.000Z");
      expect(renewed.absoluteExpiresAt).toBe("2026-11-22T09:50:00.000Z");
      await expect(authenticate(opened)).rejects.toMatchObject(refused("session_missing"));
    });

    it("refuses another identity, the other kind, and a preview of the same identity", async () => {
      const opened = await world.open(await contactJwt("ada", "open"), "open");
      const guest = await world.open(anonymous, "open");
      const { accessToken } = await world.sessions.authorize({
        ...world.place("open"),
        contactJwt: await world.sign("ada", "open"),
        preview: true,
      });
      const changed = refused("identity_changed");
      const renew = world.sessions.renew;
      await expect(renew(opened.sessionToken, await contactJwt("bob", "open"))).rejects.toMatchObject(
        changed,
      );
      await expect(renew(opened.sessionToken, anonymous)).rejects.toMatchObject(changed);
      await expect(renew(guest.sessionToken, await contactJwt("ada", "open"))).rejects.toMatchObject(changed);
      await expect(
        renew(opened.sessionToken, { type: "platformJwt", token: accessToken }),
      ).rejects.toMatchObject(changed);
      await authenticate(opened);
      await authenticate(guest);
    });

    it("refuses a session that has expired or ended, and a revoked token", async () => {
      const opened = await world.open(await contactJwt("ada"));
      const other = await world.open(await contactJwt("ada", "strict", { jti: "other" }));
      const identity = await contactJwt("ada", "strict", { jti: "third" });
      await world.open(identity);
      await world.sessions.end((await world.open(identity)).sessionToken, { everywhere: false });
      const renew = world.sessions.renew;
      await expect(renew(opened.sessionToken, identity)).rejects.toMatchObject(refused("token_revoked"));
      await world.sessions.end(other.sessionToken, { everywhere: false });
      await expect(renew(other.sessionToken, identity)).rejects.toMatchObject(refused("session_revoked"));
      world.pass(30 * minute);
      await expect(renew(opened.sessionToken, await contactJwt("ada"))).rejects.toMatchObject(
        refused("session_expired"),
      );
      await expect(renew(null, anonymous)).rejects.toMatchObject(refused("session_missing"));
    });
  });

  describe("ending", () => {
    it("is told to the sockets of every session that ended, and is idempotent", async () => {
      const identity = await contactJwt("ada");
      const [here, there] = [await world.open(identity), await world.open(identity)];
      const ids = await Promise.all([here, there].map(async (one) => (await authenticate(one)).session.id));
      const told: unknown[] = [];
      for (const id of ids) world.bus.subscribe(`session:${id}`, (event) => told.push(event));
      await world.sessions.end(here.sessionToken, { everywhere: true });
      expect(told).toHaveLength(2);
      expect(told).toEqual(expect.arrayContaining(ids.map((sessionId) => ({ kind: "ended", sessionId }))));
      await world.sessions.end(here.sessionToken, { everywhere: false });
      await world.sessions.end("never was", { everywhere: true });
      expect(told).toHaveLength(2);
      await expect(world.sessions.end(null, { everywhere: false })).rejects.toMatchObject(
        refused("session_missing"),
      );
    });

    it("everywhere: refuses what was signed before, even without iat, and takes what is signed afterwards", async () => {
      const unused = await contactJwt("ada", "strict", { jti: "unused" });
      const undated = await contactJwt("ada", "strict", { iat: undefined });
      const here = await world.open(await contactJwt("ada"));
      const there = await world.open(await contactJwt("ada", "strict", { jti: "there" }));
      world.pass(2000);
      await world.sessions.end(here.sessionToken, { everywhere: true });
      await expect(authenticate(there)).rejects.toMatchObject(refused("session_revoked"));
      await expect(world.open(unused)).rejects.toMatchObject(refused("token_revoked"));
      await expect(world.open(undated)).rejects.toMatchObject(refused("token_revoked"));
      expect((await world.open(await contactJwt("ada"))).contact.id).toBe(here.contact.id);
    });
  });

  describe("ending what somebody else names", () => {
    it("counts a request once where it counts once", async () => {
      const opened = await world.open(await contactJwt("ada"));
      const selection = {
        by: "contact",
        platformKey: opened.contact.platformKey,
        issuedBeforeSeconds: 0,
      } as const;
      const use = { communityId: "strict", id: "jti", expiresAtSeconds: world.clock.now() / 1000 + 60 };
      const told: string[] = [];
      world.bus.subscribe(`session:${opened.id}`, ({ sessionId }) => told.push(sessionId));
      await world.sessions.endSelectedOnce(selection, use);
      expect(told).toEqual([opened.id]);
      const other = await world.open(await contactJwt("ada", "strict", { jti: "other" }));
      await expect(world.sessions.endSelectedOnce(selection, use)).rejects.toMatchObject(
        refused("token_replayed"),
      );
      await authenticate(other);
    });
  });

  it("forgets sessions a day after they are over", async () => {
    const opened = await world.open(await contactJwt("ada"));
    world.pass(31 * minute);
    await world.sessions.sweep();
    await expect(authenticate(opened)).rejects.toMatchObject(refused("session_expired"));
    world.pass(24 * 60 * minute);
    await world.sessions.sweep();
    await expect(authenticate(opened)).rejects.toMatchObject(refused("session_missing"));
  });
});
