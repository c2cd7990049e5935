import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProblemError } from "../../shared/problem-error.ts";
import type { OpenedSession } from "../../shared/protocol.ts";
import type { ConversationEvent } from "../delivery/bus.ts";
import { createSessions } from "./sessions.ts";
import { handoverNotices } from "./step-up.ts";
import { minute, startSessions } from "./testing.ts";

type World = Awaited<ReturnType<typeof startSessions>>;

describe("Step-up", () => {
  let world: World;
  beforeEach(async () => {
    world = await startSessions();
  });
  afterEach(() => world.store.close());

  const anonymous = { type: "anonymous" } as const;
  const contactJwt = async (sub: string, communityId = "open", claims = {}) =>
    ({ type: "contactJwt", token: await world.sign(sub, communityId, claims) }) as const;
  const visit = (communityId = "open") => world.open(anonymous, communityId);
  const signIn = async (handover: string | null, sub = "ada", communityId = "open") =>
    world.open(await contactJwt(sub, communityId), communityId, handover);
  const say = async ({ conversation, id: sessionId, contact }: OpenedSession, text: string) =>
    await world.store.append({
      conversationId: conversation.id,
      id: randomUUID(),
      author: { kind: "contact", name: contact.name },
      verified: contact.verified,
      text,
      attachments: [],
      at: world.clock.now(),
      sessionId,
    });
  const texts = async (conversationId: string) =>
    (await world.store.messages(conversationId, { limit: 100 })).messages.map(({ text }) => text);

  function listen() {
    const heard: ConversationEvent[] = [];
    world.bus.subscribe("conversations", (event) => heard.push(event));
    return heard;
  }

  it("answers with the conversation as it is after the join", async () => {
    const before = await signIn(null);
    await say(before, "Long ago");
    const guest = await visit();
    await say(guest, "Hello");
    const opened = await signIn(guest.sessionToken);
    expect(opened.conversation).toMatchObject({ id: before.conversation.id, lastSeq: 3 });
    expect(opened.contact).toEqual(before.contact);
    expect(await texts(opened.conversation.id)).toEqual(["Long ago", handoverNotices.writtenBefore, "Hello"]);
  });

  it("tells the visitor's sockets the end, agents where it went, and everyone the last message", async () => {
    const own = (await signIn(null)).conversation.id;
    const guest = await visit();
    await say(guest, "Hello");
    const heard = listen();
    const ended: string[] = [];
    world.bus.subscribe(`session:${guest.id}`, ({ sessionId }) => ended.push(sessionId));
    const customer: ConversationEvent[] = [];
    world.bus.subscribe(`conversation:${own}`, (event) => customer.push(event));
    await signIn(guest.sessionToken);
    const message = { kind: "message", conversationId: own, message: { seq: 2, text: "Hello" } };
    expect(ended).toEqual([guest.id]);
    expect(heard).toMatchObject([{ kind: "moved", conversationId: guest.conversation.id, to: own }, message]);
    expect(customer).toMatchObject([message]);
  });

  it("moves nothing where the conversation becomes the customer's, and says that it is verified from here", async () => {
    const guest = await visit();
    await say(guest, "Hello");
    const heard = listen();
    const opened = await signIn(guest.sessionToken);
    expect(opened.conversation.id).toBe(guest.conversation.id);
    expect(heard).toMatchObject([{ kind: "message", message: { text: handoverNotices.verifiedFrom } }]);
  });

  it("tells of no message where the visitor had said nothing", async () => {
    const guest = await visit();
    const heard = listen();
    await signIn(guest.sessionToken);
    expect(heard).toEqual([]);
  });

  it("is lost by nobody whose answer was lost: the handover is over, the conversation is there", async () => {
    const guest = await visit();
    await say(guest, "Hello");
    const first = await signIn(guest.sessionToken);
    await expect(signIn(guest.sessionToken)).rejects.toMatchObject({ code: "session_revoked" });
    expect((await signIn(null)).conversation).toEqual(first.conversation);
  });

  it("ends the visitor's session and nobody else's", async () => {
    const [guest, other] = [await visit(), await visit()];
    await signIn(guest.sessionToken);
    await expect(world.sessions.authenticate(guest.sessionToken)).rejects.toMatchObject({
      code: "session_revoked",
    });
    await world.sessions.authenticate(other.sessionToken);
  });

  describe("is refused whole, and opens nothing", () => {
    const refusals: Record<
      string,
      { code: string; says: RegExp; handover: () => Promise<string>; communityId?: string }
    > = {
      "with a token of no session": {
        code: "session_missing",
        says: /^No session has the token given/,
        handover: async () => "guess",
      },
      "with the visitor's id, which anybody may know": {
        code: "session_missing",
        says: /^No session has the token given/,
        handover: async () => (await visit()).contact.id,
      },
      "with a session that has expired": {
        code: "session_expired",
        says: /conversationHandover has expired/,
        async handover() {
          const { sessionToken } = await visit();
          world.pass(3 * 24 * 60 * minute);
          return sessionToken;
        },
      },
      "with a session that has ended": {
        code: "session_revoked",
        says: /has ended; it may have been handed over before/,
        async handover() {
          const { sessionToken } = await visit();
          await world.sessions.end(sessionToken, { everywhere: false });
          return sessionToken;
        },
      },
      "with another customer's session": {
        code: "forbidden",
        says: /takes the session token of a visitor of the same community/,
        handover: async () => (await signIn(null, "bob")).sessionToken,
      },
      "with a visitor of another community": {
        code: "forbidden",
        says: /takes the session token of a visitor of the same community/,
        handover: async () => (await visit("once")).sessionToken,
      },
      "where the community keeps visitors apart": {
        code: "forbidden",
        says: /stepUp is never: open the session without/,
        communityId: "apart",
        handover: async () => (await visit("apart")).sessionToken,
      },
    };

    it.each(Object.keys(refusals))("%s", async (name) => {
      const { code, says, handover, communityId = "open" } = refusals[name] ?? unreachable();
      const token = await handover();
      const refusal = signIn(token, "ada", communityId);
      await expect(refusal).rejects.toMatchObject({ code, message: expect.stringMatching(says) });
      await expect(refusal).rejects.not.toThrow(token);
      const opened = await signIn(null, "ada", communityId);
      expect(
        await world.sessions.list((await world.sessions.authenticate(opened.sessionToken)).session),
      ).toHaveLength(1);
    });

    it("to the slower of two who sign in with it at once", async () => {
      const { sessionToken } = await visit();
      const outcomes = await Promise.allSettled(["ada", "bob"].map((who) => signIn(sessionToken, who)));
      // Tokens are verified side by side: either may come first.
      expect(outcomes.sort((one, other) => one.status.localeCompare(other.status))).toMatchObject([
        { status: "fulfilled" },
        { reason: { code: "session_revoked", message: expect.stringContaining("handed over before") } },
      ]);
    });

    it("where the store does not answer, as what it is", async () => {
      const { sessionToken } = await visit();
      const failure = new ProblemError("unavailable", { detail: "The disk is full." });
      const store = { ...world.store, findSession: () => Promise.reject(failure) };
      const sessions = createSessions({ ...world, store });
      const input = {
        ...world.place("open"),
        identity: await contactJwt("ada"),
        device: "",
        handover: sessionToken,
      };
      await expect(sessions.open(input)).rejects.toBe(failure);
    });

    it("by a visitor who stays one, whatever the policy", async () => {
      const { sessionToken } = await visit();
      for (const communityId of ["open", "apart"])
        await expect(world.open(anonymous, communityId, sessionToken)).rejects.toMatchObject({
          code: "request_invalid",
          message: expect.stringContaining("identity.type is anonymous"),
        });
    });

    it("as a preview, which has conversations of its own", async () => {
      const { sessionToken } = await visit();
      const { accessToken } = await world.sessions.authorize({
        ...world.place("open"),
        contactJwt: await world.sign("ada", "open"),
        preview: true,
      });
      await expect(
        world.open({ type: "platformJwt", token: accessToken }, "open", sessionToken),
      ).rejects.toMatchObject({ code: "forbidden", message: expect.stringContaining("and no preview's") });
    });

    it("before a token for single use is used up; and an identity that is refused hands nothing over", async () => {
      const identity = await contactJwt("ada", "once", { jti: "1" });
      await expect(world.open(identity, "once", "guess")).rejects.toMatchObject({ code: "session_missing" });
      await world.open(identity, "once");
      const { sessionToken } = await visit("once");
      await expect(world.open(identity, "once", sessionToken)).rejects.toMatchObject({
        code: "token_replayed",
      });
      await world.sessions.authenticate(sessionToken);
    });
  });

  it("has one way only: no renewal makes a customer of a visitor, or a visitor of a customer", async () => {
    const [guest, ada] = [await visit(), await signIn(null)];
    const changed = { code: "identity_changed" };
    await expect(world.sessions.renew(guest.sessionToken, await contactJwt("ada"))).rejects.toMatchObject(
      changed,
    );
    await expect(world.sessions.renew(ada.sessionToken, anonymous)).rejects.toMatchObject(changed);
    for (const { sessionToken, contact } of [guest, ada])
      expect((await world.sessions.authenticate(sessionToken)).contact.verified).toBe(contact.verified);
  });
});

function unreachable(): never {
  throw new Error("unreachable");
}
