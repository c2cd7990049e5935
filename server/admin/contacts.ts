/** What administrators do for a contact that asks for its data, or to be forgotten. Each is in the audit log. */

import { type Clock, timestamp } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Contact } from "../../shared/protocol.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Bus } from "../delivery/bus.ts";
import type { Erased, Erasure } from "../store/erasure-store.ts";
import type { Store } from "../store/store.ts";

export interface ContactAdministration {
  /** @throws ProblemError `not_found` */
  find(platformKey: string): Promise<Contact>;
  /**
   * Everything that is kept of a contact, as the pieces of one JSON text: a long history is never held as a whole.
   * Tokens and their hashes are not in it. Throws as `find` does, before the first piece.
   */
  export(contactId: string): Promise<AsyncIterable<string>>;
  /**
   * Ends its sessions, revokes their tokens, removes messages, attachments and fields; who signs in later is somebody new.
   * Erasing again does nothing. Throws `not_found` where there never was such a contact.
   */
  erase(contactId: string): Promise<void>;
  /** Whom a backup of before must not bring back. */
  erasures(after: string | null): Promise<readonly Erasure[]>;
}

const erasuresAtOnce = 1000;
const messagesAtOnce = 100;
const actor = "administrator";

export function createContactAdministration(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly audit: AuditLog;
  /** Called with what is gone: sockets are told, files removed. */
  readonly erased: (erased: Erased) => void;
}): ContactAdministration {
  const { store, clock, audit, erased } = deps;

  async function* messagesOf(conversationId: string): AsyncIterable<string> {
    let after = 0;
    for (;;) {
      const { messages } = await store.messages(conversationId, { after, limit: messagesAtOnce });
      for (const [index, message] of messages.entries())
        yield `${after > 0 || index > 0 ? "," : ""}${JSON.stringify(message)}`;
      if (messages.length < messagesAtOnce) return;
      after = messages.at(-1)?.seq ?? after;
    }
  }

  async function* conversationsOf(ids: readonly string[]): AsyncIterable<string> {
    let separator = "";
    for (const id of ids) {
      const details = await store.conversation(id);
      if (!details) continue;
      const { deploymentId, preview, state, createdAt, updatedAt } = details.conversation;
      const head = {
        id,
        deploymentId,
        preview,
        state,
        createdAt: timestamp(createdAt),
        updatedAt: timestamp(updatedAt),
      };
      yield `${separator}${JSON.stringify(head).slice(0, -1)},"messages":[`;
      yield* messagesOf(id);
      yield "]}";
      separator = ",";
    }
  }

  return {
    async find(platformKey) {
      const contact = await store.findContact(platformKey);
      if (!contact) throw new ProblemError("not_found");
      return contact;
    },
    async export(contactId) {
      const record = await store.contactRecord(contactId);
      if (!record) throw new ProblemError("not_found");
      audit.note({
        actor,
        action: "contact.exported",
        target: `contact/${contactId}`,
        detail: "With its conversations and sessions.",
      });
      const { contact, createdAt, sessions, conversationIds } = record;
      const head = {
        exportedAt: timestamp(clock.now()),
        contact,
        createdAt: timestamp(createdAt),
        sessions: sessions.map(({ id, device, method, deploymentId, ...times }) => ({
          id,
          device,
          method,
          deploymentId,
          createdAt: timestamp(times.createdAt),
          endedAt: times.endedAt === null ? null : timestamp(times.endedAt),
        })),
      };
      return (async function* () {
        yield `${JSON.stringify(head).slice(0, -1)},"conversations":[`;
        yield* conversationsOf(conversationIds);
        yield "]}";
      })();
    },
    async erase(contactId) {
      const gone = await store.eraseContact(contactId, clock.now());
      if (!gone) {
        if (await store.wasErased(contactId)) return;
        throw new ProblemError("not_found");
      }
      erased(gone);
      audit.note({
        actor,
        action: "contact.erased",
        target: `contact/${contactId}`,
        detail: `With ${gone.messages} messages, ${gone.attachmentIds.length} attachments and ${gone.endedSessions.length} live sessions.`,
      });
    },
    erasures: (after) => store.erasures({ after, limit: erasuresAtOnce }),
  };
}

/** Tells the sockets of sessions that are gone, wherever they are. */
export const tellErased =
  (bus: Pick<Bus, "publish">) =>
  ({ endedSessions }: Erased): void => {
    for (const sessionId of endedSessions) bus.publish(`session:${sessionId}`, { kind: "ended", sessionId });
  };
