import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenedSession } from "../../shared/protocol.ts";
import { createSessions } from "./sessions.ts";
import { minute, startSessions } from "./testing.ts";

type World = Awaited<ReturnType<typeof startSessions>>;

describe("Sessions", () => {
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

  describe("opening", () => {
    it("answers with who it is, how long it lasts and where the conversation stands", async () => {
      const opened = await world.open(await contactJwt("ada", "strict", { "comm100.name": "Ada" }));
      expect(opened).toEqual({
        sessionToken: opened.sessionToken,
        id: expect.any(String),
        silentRenewal: false,
        expiresAt: "2026-11-21T10:00:00.000Z",
        absoluteExpiresAt: "2026-11-22T09:30:00.000Z",
        contact: {
          id: opened.contact.id,
          platformKey: "v1/strict/AUTH/jwt/uid:ada",
          name: "Ada",
          verified: true,
          fields: opened.contact.fields,
        },
        conversation: {
          id: opened.conversation.id,
          lastSeq: 0,
          readSeq: 0,
          agent: { delivered: 0, read: 0 },
        },
      });
      expect(parseInt(opened.sessionToken.slice(0, 12), 16)).toBe(Date.parse("2026-11-21T09:30:00.000Z"));
      expect(Buffer.from(opened.sessionToken.slice(12), "base64url")).toHaveLength(32);
    });

    it("gives every session a token of its own and keeps none of them", async () => {
      const identity = await contactJwt("ada");
      const [first, second] = [await world.open(identity), await world.open(identity)];
      expect(second.sessionToken).not.toBe(first.sessionToken);
      expect(await world.store.findSession(first.sessionToken)).toBeNull();
    });

    it("passes the gate's warnings on, and says nothing where there are none", async () => {
      const warned = await world.open(await contactJwt("ada", "strict", { "comm100.name": 7 }));
      expect(warned.warnings).toMatchObject([{ code: "attribute_invalid" }]);
      expect(await world.open(await contactJwt("bob"))).not.toHaveProperty("warnings");
    });

    it("lets a visitor in where visitors are taken, for as long as anonymousSeconds says", async () => {
      const opened = await world.open(anonymous, "open");
      expect(opened.contact).toMatchObject({ verified: false, name: null, fields: {} });
      expect(opened.contact.platformKey).toBe(`v1/open/ANON/uid:${opened.contact.id}`);
      expect(opened.expiresAt).toBe("2026-11-24T09:30:00.000Z");
      expect(opened.absoluteExpiresAt).toBe(opened.expiresAt);
    });

    it("follows the community's policy", async () => {
      await expect(world.open(anonymous, "strict")).rejects.toMatchObject(
        refused("signed_identity_required"),
      );
      await expect(world.open(await contactJwt("ada", "closed"), "closed")).rejects.toMatchObject(
        refused("signed_identity_rejected"),
      );
      expect((await world.open(anonymous, "closed")).contact.verified).toBe(false);
    });

    it("never takes a bad token for a visitor", async () => {
      const bad = { type: "contactJwt", token: await world.sign("ada", "strict") } as const;
      await expect(world.open(bad, "open")).rejects.toMatchObject(refused("signature_invalid"));
      await expect(world.open({ type: "contactJwt", token: "" }, "open")).rejects.toMatchObject(
        refused("token_malformed"),
      );
    });

    it("takes a single-use token once", async () => {
      const identity = await contactJwt("ada", "once", { jti: "1" });
      await world.open(identity, "once");
      await expect(world.open(identity, "once")).rejects.toMatchObject(refused("token_replayed"));
    });
  });

  describe("exchanging a Contact JWT for a platform JWT", () => {
    const authorize = async (sub: string, communityId = "strict", preview = false) =>
      await world.sessions.authorize({
        ...world.place(communityId),
        contactJwt: await world.sign(sub, communityId, { "comm100.name": "Ada" }),
        preview,
      });

    it("opens a session of the same contact, with the attributes of the Contact JWT", async () => {
      const { accessToken, tokenType, expiresInSeconds } = await authorize("ada");
      expect({ tokenType, expiresInSeconds }).toEqual({ tokenType: "platform_jwt", expiresInSeconds: 900 });
      const opened = await world.open({ type: "platformJwt", token: accessToken });
      expect(opened.contact.name).toBe("Ada");
      expect((await world.open(await contactJwt("ada"))).contact.id).toBe(opened.contact.id);
    });

    it("marks a preview through to its conversation", async () => {
      const { accessToken } = await authorize("ada", "strict", true);
      const opened = await world.open({ type: "platformJwt", token: accessToken });
      expect((await authenticate(opened)).conversation.preview).toBe(true);
    });

    it("is refused where the community takes no signed identities", async () => {
      await expect(authorize("ada", "closed")).rejects.toMatchObject(refused("signed_identity_rejected"));
    });

    it("revokes both with one logout", async () => {
      const token = await world.sign("ada");
      const exchange = () =>
        world.sessions.authorize({ ...world.place("strict"), contactJwt: token, preview: false });
      const { accessToken } = await exchange();
      const opened = await world.open({ type: "platformJwt", token: accessToken });
      await world.sessions.end(opened.sessionToken, { everywhere: false });
      const revoked = refused("token_revoked");
      await expect(world.open({ type: "platformJwt", token: accessToken })).rejects.toMatchObject(revoked);
      await expect(world.open({ type: "contactJwt", token })).rejects.toMatchObject(revoked);
      await expect(exchange()).rejects.toMatchObject(revoked);
    });
  });

  describe("authenticating", () => {
    it("tells no token, an unknown one, an expired one and an ended one apart", async () => {
      await expect(world.sessions.authenticate(null)).rejects.toMatchObject(refused("session_missing"));
      await expect(world.sessions.authenticate("guess")).rejects.toMatchObject({
        code: "session_missing",
        message: "No session has this token.",
      });
      const ended = await world.open(await contactJwt("ada"));
      const idle = await world.open(await contactJwt("bob"));
      await world.sessions.end(ended.sessionToken, { everywhere: false });
      await expect(authenticate(ended)).rejects.toMatchObject(refused("session_revoked"));
      world.pass(30 * minute - 1);
      await authenticate(idle);
      world.pass(1);
      await expect(authenticate(idle)).rejects.toMatchObject(refused("session_expired"));
    });

    it("counts what the customer does, up to the absolute expiry", async () => {
      const opened = await world.open(await contactJwt("ada"));
      for (let passed = 20; passed < 24 * 60; passed += 20) {
        world.pass(20 * minute);
        const details = await authenticate(opened);
        world.sessions.touch(details.session);
      }
      expect(world.sessions.state(await authenticate(opened)).expiresAt).toBe(opened.absoluteExpiresAt);
      world.pass(20 * minute);
      await expect(authenticate(opened)).rejects.toMatchObject(refused("session_expired"));
    });

    it("passes on what is no refusal", async () => {
      const opened = await world.open(await contactJwt("ada"));
      const fault = new TypeError("a fault of our own");
      const deployments = new Map(world.config.deployments);
      deployments.get = () => {
        throw fault;
      };
      const broken = createSessions({ ...world, config: { ...world.config, deployments } });
      await expect(broken.authenticate(opened.sessionToken)).rejects.toBe(fault);
    });

    it("refuses a session that the community's policy would not let in any more", async () => {
      const opened = await world.open(await contactJwt("ada"));
      const { community } = world.place("strict");
      const turned = { ...community, signedIdentities: "reject" as const };
      const communities = new Map(world.config.communities).set(community.id, turned);
      const strict = createSessions({ ...world, config: { ...world.config, communities } });
      await expect(strict.authenticate(opened.sessionToken)).rejects.toMatchObject({
        code: "session_revoked",
      });
      expect(await world.sessions.authenticate(opened.sessionToken)).toMatchObject({
        session: { endedAt: null },
      });
    });

    it("refuses a session whose deployment was switched off, removed or moved to another community", async () => {
      const opened = await world.open(await contactJwt("ada"));
      const deployment = world.place("strict").deployment;
      const changes = [
        { deployments: [{ ...deployment, active: false }], says: /switched off/ },
        { deployments: [{ ...deployment, communityId: "open" }], says: /moved to another community/ },
        { deployments: [], says: /no (such )?deployment/ },
      ];
      for (const { deployments, says } of changes) {
        const config = { ...world.config, deployments: new Map(deployments.map((one) => [one.id, one])) };
        const restarted = createSessions({ ...world, config });
        await expect(restarted.authenticate(opened.sessionToken)).rejects.toMatchObject({
          code: "session_revoked",
          message: expect.stringMatching(says),
        });
      }
    });
  });
});
