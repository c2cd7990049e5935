import type { SessionRecord } from "../../store/store.ts";
import type { TokenBuckets } from "./token-buckets.ts";

/** How many messages may be sent: each session so many, and each contact as many as a few sessions. */
export interface MessageAllowance {
  /** @returns 0 where the message may be sent, else the milliseconds until one may */
  take(session: Pick<SessionRecord, "id" | "contactId">): number;
}

/** A phone, a tablet and two computers, all in a hurry. Whoever opens more sessions gets no more messages out of them. */
export const sessionsPerContact = 4;

export function createMessageAllowance(buckets: {
  readonly sessions: Pick<TokenBuckets, "take">;
  readonly contacts: Pick<TokenBuckets, "take">;
}): MessageAllowance {
  return {
    // What the contact may not, its session has paid for: an impatient one waits longer, and never too short.
    take: ({ id, contactId }) => buckets.sessions.take(id) || buckets.contacts.take(contactId),
  };
}
