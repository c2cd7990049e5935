import { createHash, randomUUID } from "node:crypto";
import type { TokenUse } from "../../identity/identity.ts";
import type { ContactAssertion, MessageDraft, SessionDetails, SessionOpening, Store } from "../store.ts";

export const start = Date.UTC(2026, 10, 21, 9, 30);
export const hour = 60 * 60 * 1000;

export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

type Signed = Extract<ContactAssertion, { verified: true }>;

export const signed = (identity: string, fields: Signed["fields"] = {}, communityId = "acme"): Signed => ({
  verified: true,
  communityId,
  platformKey: `v1/${communityId}/AUTH/jwt/uid:${identity}`,
  authId: "jwt",
  identity,
  fields,
});

export const visitor: ContactAssertion = { verified: false, communityId: "acme" };

/** A token, issued at `start` for a day unless told otherwise. */
export const token = (text: string, use: Partial<TokenUse> = {}): TokenUse => ({
  hashes: [hashOf(text)],
  issuedAtSeconds: start / 1000,
  expiresAtSeconds: start / 1000 + 86_400,
  singleUseId: null,
  ...use,
});

export function opening(contact: ContactAssertion, more: Partial<SessionOpening> = {}): SessionOpening {
  return {
    tokenHash: hashOf(randomUUID()),
    deploymentId: "acme-web",
    method: contact.verified ? "contactJwt" : "anonymous",
    device: "Chrome on Windows",
    contact,
    identityToken: contact.verified ? token(randomUUID()) : null,
    handover: null,
    grant: null,
    preview: false,
    at: start,
    idleExpiresAt: start + hour,
    absoluteExpiresAt: start + 24 * hour,
    ...more,
  };
}

/** Opens a session; throws where it is refused. */
export async function open(store: Store, given: SessionOpening): Promise<SessionDetails> {
  const opened = await store.openSession(given);
  if (!opened.ok) throw new Error(`The session was refused: ${opened.code}`);
  return opened;
}

export const openFor = (store: Store, identity: string): Promise<SessionDetails> =>
  open(store, opening(signed(identity)));

export const draft = (conversationId: string, more: Partial<MessageDraft> = {}): MessageDraft => ({
  conversationId,
  id: randomUUID(),
  author: { kind: "contact", name: "Ada" },
  verified: true,
  text: "Hello",
  attachments: [],
  at: start,
  sessionId: null,
  ...more,
});
