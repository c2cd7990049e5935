import type { Appended, MessageDraft, Store } from "../../../server/store/store.ts";
import { timestamp } from "../../../shared/clock.ts";
import type { Message } from "../../../shared/protocol.ts";

/** How long a message is in memory only. */
const carelessMs = 50;

/** By the promise that each breaks. */
export const mutants: Readonly<Record<string, (store: Store) => Store>> = {
  /** Acknowledges what it means to store presently. */
  "acknowledges before it stores": (store) => {
    const lastSeqs = new Map<string, number>();
    const known = new Map<string, Message>();

    async function append(draft: MessageDraft): Promise<Appended> {
      const { conversationId, id, author, text, verified, at } = draft;
      const before = known.get(id);
      if (before) return { ok: true, message: before, repeated: true };
      if (!lastSeqs.has(conversationId))
        lastSeqs.set(conversationId, (await store.conversation(conversationId))?.conversation.lastSeq ?? 0);
      const seq = (lastSeqs.get(conversationId) ?? 0) + 1;
      lastSeqs.set(conversationId, seq);
      const message = { id, seq, author, text, attachments: [], at: timestamp(at), verified };
      known.set(id, message);
      setTimeout(() => void store.append(draft).catch(() => {}), carelessMs);
      return { ok: true, message, repeated: false };
    }

    return { ...store, append };
  },

  /** Takes a message that comes again for another one. */
  "stores repetitions": (store) => ({
    ...store,
    async append(draft) {
      const appended = await store.append(draft);
      if (!appended.ok || !appended.repeated) return appended;
      // Behind the id's first letter, where nobody looks, the copy is told from the original.
      const again = await store.append({ ...draft, id: draft.id.replace("-8000-", "-9000-") });
      return again.ok ? { ...again, message: { ...again.message, id: draft.id } } : again;
    },
  }),

  /** Leaves the last message out of a page now and then. */
  "forgets some of a page": (store) => ({
    ...store,
    async messages(conversationId, query) {
      const page = await store.messages(conversationId, query);
      const skipped = Math.floor(page.messages.length / 2);
      return page.messages.length > 3 ? { ...page, messages: page.messages.toSpliced(skipped, 1) } : page;
    },
  }),

  /** Gives two messages of a page in each other's place. */
  "turns a page around": (store) => ({
    ...store,
    async messages(conversationId, query) {
      const page = await store.messages(conversationId, query);
      const [first, second, ...rest] = page.messages;
      return first && second ? { ...page, messages: [second, first, ...rest] } : page;
    },
  }),

  /** Marks no more than what was marked last, also where that is less. */
  "forgets how far was read": (store) => ({
    ...store,
    async conversation(id) {
      const found = await store.conversation(id);
      return (
        found && { ...found, conversation: { ...found.conversation, customer: { delivered: 0, read: 0 } } }
      );
    },
  }),
};
