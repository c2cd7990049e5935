import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AttachmentClaim, AttachmentDraft } from "../attachment-store.ts";
import type { SessionDetails, Store } from "../store.ts";
import { draft, hashOf, hour, open, openFor, opening, signed, start, visitor } from "./fixtures.ts";
import { takingOver } from "./handover.suite.ts";

export function attachmentContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: attachments`, () => {
    let store: Store;
    let ada: SessionDetails;
    beforeEach(async () => {
      store = await openStore();
      ada = await openFor(store, "ada");
    });
    afterEach(() => store.close());

    const upload = (more: Partial<AttachmentDraft> = {}): AttachmentDraft => ({
      attachment: { id: randomUUID(), name: "notes.txt", type: "text/plain", size: 1000 },
      conversationId: ada.conversation.id,
      uploader: "contact",
      sessionId: ada.session.id,
      at: start,
      allowance: null,
      ...more,
    });
    async function uploaded(more: Partial<AttachmentDraft> = {}): Promise<AttachmentDraft> {
      const given = upload(more);
      expect(await store.addAttachment(given)).toEqual({ ok: true });
      expect(await store.attachmentStored(given.attachment.id, given.at)).toBe(true);
      return given;
    }
    const claimOf = (drafts: readonly AttachmentDraft[], more: Partial<AttachmentClaim> = {}) => ({
      conversationId: ada.conversation.id,
      uploader: "contact" as const,
      messageId: randomUUID(),
      ids: drafts.map(({ attachment }) => attachment.id),
      at: start,
      ...more,
    });
    const stateOf = async ({ attachment }: AttachmentDraft) =>
      (await store.attachment(attachment.id))?.state ?? null;
    const settle = (before: number) => store.settleAttachments({ before, at: before, limit: 100 });
    async function send(claim: AttachmentClaim, conversationId = claim.conversationId): Promise<void> {
      const attachments = await store.claimAttachments(claim);
      const message = draft(conversationId, { id: claim.messageId, attachments: attachments ?? [] });
      expect(await store.append(message)).toMatchObject({ ok: true });
    }

    it("are read as they were added, pictures with their measures", async () => {
      const attachment = { id: randomUUID(), name: "a.png", type: "image/png", size: 5, width: 4, height: 3 };
      const picture = upload({ attachment });
      await store.addAttachment(picture);
      expect(await store.attachment(attachment.id)).toEqual({
        attachment,
        conversationId: ada.conversation.id,
        uploader: "contact",
        state: "storing",
      });
      expect(await store.attachment(randomUUID())).toBeNull();
    });

    it("are refused of a session that has ended, and in a conversation that is not there", async () => {
      const tokenHash = hashOf("t");
      const bob = await open(store, opening(signed("bob"), { tokenHash }));
      await store.endSession({ tokenHash, everywhere: false, at: start });
      expect(
        await store.addAttachment(upload({ conversationId: bob.conversation.id, sessionId: bob.session.id })),
      ).toEqual({ ok: false, code: "session_revoked" });
      expect(await store.addAttachment(upload({ conversationId: randomUUID(), sessionId: null }))).toEqual({
        ok: false,
        code: "not_found",
      });
    });

    it("count against the allowance of their side and time, up to its last byte", async () => {
      const allowance = { bytes: 2000, since: start - hour };
      await uploaded({ at: start - hour });
      await uploaded({ uploader: "agent", sessionId: null });
      await uploaded({ allowance });
      await uploaded({ allowance });
      expect(await store.addAttachment(upload({ allowance }))).toEqual({ ok: false, code: "rate_limited" });
      expect(await store.addAttachment(upload())).toEqual({ ok: true });
    });

    it("are claimed by one message, in its order, and again by the same one", async () => {
      const [one, other] = [await uploaded(), await uploaded()];
      const claim = claimOf([other, one]);
      const attachments = [other.attachment, one.attachment];
      expect(await store.claimAttachments(claim)).toEqual(attachments);
      expect(await store.claimAttachments(claim)).toEqual(attachments);
      expect(await store.claimAttachments({ ...claim, messageId: randomUUID() })).toBeNull();
      await send(claim);
      await settle(start + 1);
      expect(await store.claimAttachments(claim)).toEqual(attachments);
    });

    it("are not claimed before they are stored, by the other side, in another conversation, or where there are none", async () => {
      const bob = await openFor(store, "bob");
      const storing = upload();
      await store.addAttachment(storing);
      const mine = await uploaded();
      for (const claim of [
        claimOf([storing]),
        claimOf([mine], { uploader: "agent" }),
        claimOf([mine], { conversationId: bob.conversation.id }),
        claimOf([mine], { ids: [mine.attachment.id, randomUUID()], messageId: "m" }),
      ])
        expect(await store.claimAttachments(claim)).toBeNull();
      expect(await store.claimAttachments(claimOf([mine], { messageId: "m" }))).toHaveLength(1);
    });

    it("are given up where nobody sent them in time, and kept where a stored message carries them", async () => {
      const [storing, unsent, sent, contradicted, unstored] = [
        upload(),
        await uploaded(),
        await uploaded(),
        await uploaded(),
        await uploaded(),
      ];
      await store.addAttachment(storing);
      const claim = claimOf([sent]);
      await send(claim);
      // The same id with another body: the message that is stored does not carry this one.
      await store.claimAttachments(claimOf([contradicted], { messageId: claim.messageId }));
      await store.claimAttachments(claimOf([unstored]));
      expect(await settle(start)).toEqual([]);

      const givenUp = [storing, unsent, contradicted, unstored];
      const ids = givenUp.map(({ attachment }) => attachment.id).toSorted();
      expect((await settle(start + 1)).toSorted()).toEqual(ids);
      expect(await Promise.all([...givenUp, sent].map(stateOf))).toEqual([
        ...givenUp.map(() => "removing"),
        "kept",
      ]);
      expect(await store.claimAttachments(claimOf([unsent]))).toBeNull();
      expect(await store.attachmentStored(storing.attachment.id, start)).toBe(false);
      // Until its bytes are gone it comes up again.
      expect((await settle(start)).toSorted()).toEqual(ids);
      for (const id of ids) await store.forgetAttachment(id);
      expect(await settle(start + 2)).toEqual([]);
      expect(await stateOf(unsent)).toBeNull();
    });

    it("are given up a few at a time", async () => {
      for (let i = 0; i < 3; i++) await uploaded();
      const query = { before: start + 1, at: start, limit: 2 };
      const first = await store.settleAttachments(query);
      expect(first).toHaveLength(2);
      for (const id of first) await store.forgetAttachment(id);
      expect(await store.settleAttachments(query)).toHaveLength(1);
    });

    it("go with a contact that is erased, and with messages whose time is over", async () => {
      const bob = await openFor(store, "bob");
      const bobs = await uploaded({ conversationId: bob.conversation.id, sessionId: null });
      await send(claimOf([bobs], { conversationId: bob.conversation.id }));
      const [sent, unsent] = [await uploaded(), await uploaded()];
      await send(claimOf([sent]));
      await store.eraseContact(ada.contact.id, start);
      expect(await Promise.all([sent, unsent, bobs].map(stateOf))).toEqual([
        "removing",
        "removing",
        "claimed",
      ]);
      const policy = { communityId: "acme", messagesBefore: start + 1, visitorsBefore: null };
      await store.expire(policy, null, start + hour);
      expect(await stateOf(bobs)).toBe("removing");
    });

    it("come along with a visitor's conversation, sent and not, under whatever id their message gets", async () => {
      const tokenHash = hashOf("v");
      const guest = await open(store, opening(visitor, { tokenHash }));
      const theirs = { conversationId: guest.conversation.id, sessionId: guest.session.id };
      const [sent, unsent] = [await uploaded(theirs), await uploaded(theirs)];
      const claim = claimOf([sent], theirs);
      await send(claim);
      await store.append(draft(ada.conversation.id, { id: claim.messageId }));
      expect(await store.openSession(takingOver("v"))).toMatchObject({ ok: true });

      const { messages } = await store.messages(ada.conversation.id, { limit: 10 });
      expect(messages.at(-1)).toMatchObject({ attachments: [sent.attachment] });
      expect(await store.attachment(unsent.attachment.id)).toMatchObject({
        conversationId: ada.conversation.id,
      });
      expect(await store.claimAttachments(claimOf([unsent], { messageId: "m" }))).toHaveLength(1);
      await settle(start + 1);
      expect(await stateOf(sent)).toBe("kept");
    });
  });
}
