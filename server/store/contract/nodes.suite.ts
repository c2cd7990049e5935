/**
 * What holds where several nodes have the same database open, whatever they do at the same time. Each test asks two stores
 * at once, many times: what one of them decides must not rest on what the other is about to change.
 */

import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isIntact } from "../../audit/chain.ts";
import { providerSessionMark } from "../../identity/identity.ts";
import type { SessionOpened, Store } from "../store.ts";
import { stateNotices } from "../units/change-of-state.ts";
import { draft, hashOf, hour, open, openFor, opening, signed, start, token, visitor } from "./fixtures.ts";
import { takingOver } from "./handover.suite.ts";

/** How often each race is run: a lock that is missing shows in a tenth of the runs or more. */
const rounds = 12;

/** Customers and visitors spread over two nodes: a conversation's messages go through one of them, sign-ins through any. */
export function sharedOut(one: Store, other: Store): Store {
  const nodeOf = (key: string) => (hashOf(key) < "8" ? one : other);
  return {
    ...one,
    openSession: (opening) => nodeOf(opening.tokenHash).openSession(opening),
    append: (draft) => nodeOf(draft.conversationId).append(draft),
    messages: (id, query) => nodeOf(`reading ${id}`).messages(id, query),
    async close() {
      await one.close();
      await other.close();
    },
  };
}

/**
 * @param openNode an empty store
 * @param openAnother the store of another node, on the database of the one opened last
 */
export function nodesContract(
  name: string,
  openNode: () => Promise<Store>,
  openAnother: () => Promise<Store>,
): void {
  describe(`${name}: two nodes`, () => {
    let one: Store;
    let other: Store;
    let nodes: readonly [Store, Store];
    beforeEach(async () => {
      one = await openNode();
      other = await openAnother();
      nodes = [one, other];
    });
    afterEach(async () => {
      await one.close();
      await other.close();
    });

    const both = <Result>(ask: (store: Store, index: number) => Promise<Result>): Promise<Result[]> =>
      Promise.all(nodes.map(ask));
    const race = async (run: (round: number) => Promise<void>): Promise<void> => {
      for (let round = 0; round < rounds; round++) await run(round);
    };
    async function textsOf(conversationId: string): Promise<readonly string[]> {
      const { messages, lastSeq } = await one.messages(conversationId, { after: 0, limit: 100 });
      expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
      expect(lastSeq).toBe(messages.length);
      return messages.map(({ text }) => text);
    }

    it("read what the other acknowledged", async () => {
      const tokenHash = hashOf("s");
      const { conversation, session } = await open(one, opening(signed("ada"), { tokenHash }));
      await one.append(draft(conversation.id));
      expect((await other.findSession(tokenHash))?.conversation.lastSeq).toBe(1);
      expect((await other.messages(conversation.id, { limit: 10 })).lastSeq).toBe(1);
      await other.endSession({ tokenHash, everywhere: false, at: start });
      expect(await one.liveAmong([session.id])).toEqual([]);
    });

    it("make one contact and one conversation of a customer's first sessions", () =>
      race(async (round) => {
        const opened = await Promise.all(
          [...nodes, ...nodes].map((store, index) =>
            open(
              store,
              opening(signed(`ada-${round}`, { [`f${index}`]: { value: `${index}`, claim: "c" } })),
            ),
          ),
        );
        expect(new Set(opened.map(({ contact }) => contact.id)).size).toBe(1);
        expect(new Set(opened.map(({ conversation }) => conversation.id)).size).toBe(1);
        const { contact } = await openFor(one, `ada-${round}`);
        expect(Object.keys(contact.fields).toSorted()).toEqual(["f0", "f1", "f2", "f3"]);
      }));

    it("number a conversation's messages without a gap, each once, those of one sender in their order", () =>
      race(async (round) => {
        const { conversation } = await openFor(one, `ada-${round}`);
        const shared = randomUUID();
        const answers = await both((store, index) =>
          Promise.all([
            ...Array.from({ length: 15 }, (_, at) =>
              store.append(draft(conversation.id, { text: `${index} ${String(at).padStart(2, "0")}` })),
            ),
            store.append(draft(conversation.id, { id: shared, text: "shared" })),
          ]),
        );
        const repeated = answers.flat().filter((answer) => answer.ok && answer.repeated);
        expect(answers.flat().every(({ ok }) => ok)).toBe(true);
        expect(repeated).toHaveLength(1);
        const texts = await textsOf(conversation.id);
        expect(texts).toHaveLength(31);
        for (const sender of ["0", "1"]) {
          const own = texts.filter((text) => text.startsWith(`${sender} `));
          expect(own).toEqual(own.toSorted());
        }
      }));

    it("store the message or end its session, never a message of a session that was over", () =>
      race(async (round) => {
        const tokenHash = hashOf(`s-${round}`);
        const { session, conversation } = await open(one, opening(signed(`ada-${round}`), { tokenHash }));
        let acknowledged = 0;
        let seenAtEnd: Promise<number> = Promise.resolve(0);
        const sending = (async () => {
          for (let sent = 0; sent < 40; sent++) {
            const answer = await one.append(draft(conversation.id, { sessionId: session.id }));
            if (!answer.ok) return expect(answer.code).toBe("session_revoked");
            acknowledged++;
          }
        })();
        const ending = other.endSession({ tokenHash, everywhere: round % 2 === 0, at: start }).then(() => {
          seenAtEnd = other.messages(conversation.id, { limit: 1 }).then(({ lastSeq }) => lastSeq);
        });
        await Promise.all([sending, ending]);
        // Nothing came after the end was acknowledged, and nothing that was acknowledged is missing.
        expect(await seenAtEnd).toBe(acknowledged);
        expect(await textsOf(conversation.id)).toHaveLength(acknowledged);
      }));

    it("let one of them have a single-use token", () =>
      race(async (round) => {
        const identityToken = token("jwt", { singleUseId: `jti-${round}` });
        const opened = await both((store) => store.openSession(opening(signed("ada"), { identityToken })));
        expect(opened.filter(({ ok }) => ok)).toHaveLength(1);
        expect(opened).toContainEqual({ ok: false, code: "token_replayed" });
      }));

    it("leave no session behind a logout everywhere, whether it was open or about to be", () =>
      race(async (round) => {
        const tokenHash = hashOf(`s-${round}`);
        const identityToken = token(`t-${round}`);
        await open(one, opening(signed(`ada-${round}`), { tokenHash, identityToken }));
        const late = opening(signed(`ada-${round}`), { identityToken });
        const [, opened] = await Promise.all([
          one.endSession({ tokenHash, everywhere: true, at: start + hour }),
          other.openSession(late),
        ]);
        if (opened.ok) expect(await one.liveAmong([opened.session.id])).toEqual([]);
        else expect(opened.code).toBe("token_revoked");
      }));

    it("leave no session behind the end of the provider's, whether it was open or about to be", () =>
      race(async (round) => {
        const providerSession = `sid-${round}`;
        const mark = providerSessionMark("acme", "jwt", providerSession);
        const given = () =>
          opening(signed(`ada-${round}`), {
            identityToken: { ...token(randomUUID()), providerSessionMark: mark },
            grant: { sealedRefreshToken: null, providerSession },
          });
        // The first login of all finds no session of the provider's that could be waited for.
        if (round % 2 === 0) await open(one, given());
        const selection = { by: "providerSession", communityId: "acme", authId: "jwt" } as const;
        const [, opened] = await Promise.all([
          one.endSelected({ ...selection, providerSession, tokensExpireAt: start + hour }, start),
          other.openSession(given()),
        ]);
        if (opened.ok) expect(await one.liveAmong([opened.session.id])).toEqual([]);
        else expect(opened.code).toBe("token_revoked");
      }));

    it("renew a session or end it, and revoke the token of a renewal that came first", () =>
      race(async (round) => {
        const tokenHash = hashOf(`s-${round}`);
        const { session } = await open(one, opening(signed(`ada-${round}`), { tokenHash }));
        const identityToken = token(`renewal-${round}`);
        const [renewed, ended] = await Promise.all([
          one.renewSession({
            sessionId: session.id,
            tokenHash: hashOf(`new-${round}`),
            contact: signed(`ada-${round}`),
            identityToken,
            grant: null,
            at: start,
            idleExpiresAt: start + hour,
            absoluteExpiresAt: start + hour,
          }),
          other.endSession({ tokenHash, everywhere: false, at: start }),
        ]);
        expect(ended).toEqual([session.id]);
        expect(await one.liveAmong([session.id])).toEqual([]);
        const again = await one.openSession(opening(signed(`ada-${round}`), { identityToken }));
        if (renewed.ok) expect(again).toEqual({ ok: false, code: "token_revoked" });
        else expect(renewed.code).toBe("session_revoked");
      }));

    it("hand a visitor's conversation to one customer, with every message that was acknowledged", () =>
      race(async (round) => {
        const visit = hashOf(`v-${round}`);
        const guest = await open(one, opening(visitor, { tokenHash: visit }));
        if (round % 2 === 0) await openFor(one, `ada-${round}`);
        const write = async (store: Store, session: SessionOpened & { ok: true }, text: string) => {
          const given = draft(session.conversation.id, { text, sessionId: session.session.id });
          return (await store.append(given)).ok;
        };
        const visitors = { ok: true, handedOver: null, ...guest } as const;
        await write(one, visitors, "first");
        const [early, ada, bob, late] = await Promise.all([
          write(one, visitors, "early"),
          one.openSession(takingOver(`v-${round}`, `ada-${round}`)),
          other.openSession(takingOver(`v-${round}`, `bob-${round}`)),
          write(other, visitors, "late"),
          // The customer signs in elsewhere as well.
          openFor(other, `ada-${round}`),
        ]);
        const taken = [ada, bob].filter((opened) => opened.ok);
        expect(taken).toHaveLength(1);
        const texts = await textsOf(taken[0]?.conversation.id ?? "");
        const expected = ["first", ...(early ? ["early"] : []), ...(late ? ["late"] : [])];
        expect(texts.filter((text) => ["first", "early", "late"].includes(text)).toSorted()).toEqual(
          expected.toSorted(),
        );
      }));

    it("move positions forwards only", () =>
      race(async (round) => {
        const { conversation } = await openFor(one, `ada-${round}`);
        for (let sent = 0; sent < 8; sent++) await one.append(draft(conversation.id));
        const moves = await Promise.all(
          [3, 8, 5, 1, 7].map((seq, index) =>
            (nodes[index % 2] ?? one).markReceipts(conversation.id, "agent", { read: seq }),
          ),
        );
        for (const moved of moves) expect(moved?.after.read).toBeGreaterThanOrEqual(moved?.before.read ?? 0);
        expect((await other.conversation(conversation.id))?.conversation.agent.read).toBe(8);
      }));

    it("write one chain of audit entries", async () => {
      const entry = { actor: "server", action: "a", target: "t", detail: "d" };
      await Promise.all(
        Array.from({ length: 30 }, (_, index) => (nodes[index % 2] ?? one).appendAudit(entry, start + index)),
      );
      const entries = await one.auditEntries({ limit: 100 });
      expect(entries.map(({ position }) => position)).toEqual(Array.from({ length: 30 }, (_, i) => 30 - i));
      expect(isIntact(entries)).toBe(true);
    });

    it("take one of two changes of the configuration", () =>
      race(async (round) => {
        const changed = await both((store) =>
          store.changeConfiguration({
            kind: "community",
            id: "acme",
            document: "{}",
            revision: round,
            at: start,
            audit: { actor: "a", action: "b", target: "c", detail: "d" },
          }),
        );
        expect(changed.filter((revision) => revision !== null)).toEqual([round + 1]);
      }));

    it("make one new platform key, and both know which", () =>
      race(async (round) => {
        const at = start + round * hour;
        const found = await both((store, index) =>
          store.addPlatformKey({ kid: `k-${round}-${index}`, sealedJwk: "sealed", createdAt: at }, at - 1),
        );
        expect(found[0]?.[0]).toEqual(found[1]?.[0]);
        expect(await one.platformKeys()).toHaveLength(round + 1);
      }));

    it("close a conversation once, between what is written into it", () =>
      race(async (round) => {
        const { conversation } = await openFor(one, `ada-${round}`);
        await one.append(draft(conversation.id, { text: "Hello" }));
        await Promise.all([
          ...nodes.map((store) => store.updateConversation(conversation.id, { state: "closed" }, start)),
          other.append(draft(conversation.id, { text: "Anybody?", author: { kind: "agent", name: null } })),
        ]);
        expect([...(await textsOf(conversation.id))].toSorted()).toEqual([
          "Anybody?",
          stateNotices.closed,
          "Hello",
        ]);
      }));

    it("erase a contact with whatever the other does to it", () =>
      race(async (round) => {
        const { contact, conversation } = await openFor(one, `ada-${round}`);
        await one.append(draft(conversation.id));
        const [erased, , , opened] = await Promise.all([
          one.eraseContact(contact.id, start),
          other.append(draft(conversation.id)),
          other.markReceipts(conversation.id, "agent", { read: 1 }),
          openFor(other, `ada-${round}`),
        ]);
        expect(erased).not.toBeNull();
        expect(await one.contactRecord(contact.id)).toBeNull();
        expect(await one.messages(conversation.id, { limit: 10 })).toEqual({ messages: [], lastSeq: 0 });
        // Whoever came before it is gone, whoever came after it is somebody new.
        const again = await openFor(one, `ada-${round}`);
        expect(again.contact.id).not.toBe(contact.id);
        if (opened.contact.id !== contact.id) expect(again.contact.id).toBe(opened.contact.id);
      }));
  });
}
