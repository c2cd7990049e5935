import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultLimits } from "../../shared/limits.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { ConversationEvent } from "../delivery/bus.ts";
import { createInProcessBus } from "../delivery/in-process-bus.ts";
import { readVector, vectorsMissing } from "../identity/fixtures/vectors.ts";
import { hashOf, open, openFor, opening, signed, start } from "../store/contract/fixtures.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import type { Store } from "../store/store.ts";
import { stateNotices } from "../store/units/change-of-state.ts";
import { type Conversations, createConversations, type OutgoingMessage } from "./conversations.ts";

describe("Conversations", () => {
  let store: Store;
  let conversations: Conversations;
  let conversationId: string;
  let now: number;
  let ofThis: ConversationEvent[];
  let ofAll: ConversationEvent[];

  beforeEach(async () => {
    store = await openSqliteStore(":memory:");
    const bus = createInProcessBus();
    now = start;
    conversations = createConversations({
      store,
      bus,
      clock: { now: () => now },
      limits: defaultLimits,
      attachments: {
        claim: async () => {
          throw new ProblemError("attachment_refused");
        },
      },
    });
    conversationId = (await openFor(store, "ada")).conversation.id;
    ofThis = [];
    ofAll = [];
    bus.subscribe(`conversation:${conversationId}`, (event) => ofThis.push(event));
    bus.subscribe("conversations", (event) => ofAll.push(event));
  });
  afterEach(() => store.close());

  const outgoing = (more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
    conversationId,
    author: { kind: "contact", name: "Ada" },
    verified: true,
    sessionId: null,
    id: randomUUID(),
    text: "Hello",
    ...more,
  });

  describe("sending", () => {
    it("publishes to the conversation and to the agents what is stored by then", async () => {
      const sent = conversations.send(outgoing());
      expect(ofThis).toEqual([]);
      const { message, repeated } = await sent;
      expect(repeated).toBe(false);
      expect((await conversations.messages(conversationId, { limit: 1 })).messages).toEqual([message]);
      expect(ofThis).toEqual([{ kind: "message", conversationId, message }]);
      expect(ofAll).toEqual(ofThis);
    });

    it("publishes in the order of seq, though a whole turn is stored at once", async () => {
      const { conversation: other } = await openFor(store, "bob");
      await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          conversations.send(outgoing(index % 3 === 0 ? { conversationId: other.id } : {})),
        ),
      );
      const seqsOf = (id: string) =>
        ofAll.flatMap((event) =>
          event.kind === "message" && event.conversationId === id ? [event.message.seq] : [],
        );
      expect(seqsOf(conversationId)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
      expect(seqsOf(other.id)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    });

    it("answers a repetition with the first answer, and publishes it again while its first hint may have been lost", async () => {
      const given = outgoing();
      const first = await conversations.send(given);
      expect(await conversations.send(given)).toEqual({ message: first.message, repeated: true });
      expect(ofThis.map(({ kind }) => kind)).toEqual(["message", "message"]);
      now += 60_000;
      await conversations.send(given);
      expect(ofThis).toHaveLength(2);
    });

    it("refuses with the code of what is wrong, and publishes nothing", async () => {
      const given = outgoing();
      await conversations.send(given);
      const tokenHash = hashOf("t");
      const { session } = await open(store, opening(signed("ada"), { tokenHash }));
      await store.endSession({ tokenHash, everywhere: false, at: start });
      const refusals: [Partial<OutgoingMessage>, string][] = [
        [{ id: "1" }, "request_invalid"],
        [{ text: "" }, "message_empty"],
        [{ text: "a".repeat(4001) }, "message_too_long"],
        [{ attachments: ["a"] }, "attachment_refused"],
        [{ id: given.id, text: "Other" }, "message_conflict"],
        [{ sessionId: session.id }, "session_revoked"],
        [{ conversationId: "unknown" }, "not_found"],
      ];
      for (const [more, code] of refusals)
        await expect(conversations.send(outgoing(more))).rejects.toMatchObject({ code });
      expect(ofAll).toHaveLength(1);
    });
  });

  describe("marking", () => {
    it("publishes a receipt where the position moved, clamped to the last message", async () => {
      await conversations.send(outgoing());
      await conversations.mark(conversationId, "agent", "delivered", 1);
      await conversations.mark(conversationId, "agent", "delivered", 1);
      await conversations.mark(conversationId, "agent", "read", 99);
      await conversations.mark(conversationId, "agent", "delivered", 1);
      const receipt = { kind: "receipt", conversationId, by: "agent", seq: 1 };
      expect(ofThis.slice(1)).toEqual([
        { ...receipt, receipt: "delivered" },
        { ...receipt, receipt: "read" },
      ]);
    });

    it("refuses an unknown conversation", async () => {
      await expect(conversations.mark("unknown", "agent", "read", 1)).rejects.toMatchObject({
        code: "not_found",
      });
    });
  });

  it.skipIf(vectorsMissing("blns"))(
    "keeps the naughty strings exactly, or refuses them with a code",
    async () => {
      const texts: string[] = JSON.parse(readVector("blns/blns.json").toString("utf8"));
      const sent = await Promise.allSettled(texts.map((text) => conversations.send(outgoing({ text }))));
      const kept = texts.filter((_text, index) => sent[index]?.status === "fulfilled");
      const codes = sent.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
      expect([...new Set(codes)]).toEqual(["message_empty"]);
      expect(kept.length).toBeGreaterThan(500);
      const stored: string[] = [];
      while (stored.length < kept.length) {
        const { messages } = await conversations.messages(conversationId, {
          after: stored.length,
          limit: 100,
        });
        stored.push(...messages.map(({ text }) => text));
      }
      expect(stored).toEqual(kept);
    },
  );

  it("passes typing on without storing anything", () => {
    conversations.typing(conversationId, "agent", "Grace", true);
    const typing = { kind: "typing", conversationId, by: "agent", name: "Grace", on: true };
    expect(ofThis).toEqual([typing]);
    expect(ofAll).toEqual([typing]);
  });

  it("shows, lists and changes conversations for agents", async () => {
    const { message } = await conversations.send(outgoing());
    const shown = await conversations.get(conversationId);
    expect(shown).toMatchObject({
      id: conversationId,
      state: "open",
      communityId: "acme",
      deploymentId: "acme-web",
      contact: { platformKey: "v1/acme/AUTH/jwt/uid:ada", verified: true },
      lastSeq: 1,
      lastMessage: message,
      createdAt: "2026-11-21T09:30:00.000Z",
    });
    expect(await conversations.list({ preview: false, limit: 10 })).toEqual({
      conversations: [shown],
      cursor: null,
    });
    const closing = await conversations.update(conversationId, { state: "closed" });
    const notice = closing.lastMessage;
    expect(notice).toMatchObject({ seq: 2, author: { kind: "system" }, text: stateNotices.closed });
    expect(closing).toEqual({ ...shown, state: "closed", lastSeq: 2, lastMessage: notice });
    const told = { kind: "changed", conversationId, state: "closed", assignee: null };
    expect(ofThis.slice(1)).toEqual([{ kind: "message", conversationId, message: notice }, told]);
    // Once more: nothing is written again.
    expect(await conversations.update(conversationId, { state: "closed" })).toEqual(closing);
    expect(ofThis.slice(3)).toEqual([told]);
    for (const unknown of [conversations.get("unknown"), conversations.update("unknown", {})])
      await expect(unknown).rejects.toMatchObject({ code: "not_found" });
  });
});
