/** The ways to a session: take up a stored one, renew one, or open one. The server has the last word on each. */

import type { AssertedIdentity } from "../../bridge/messages.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Api } from "../transport/api.ts";
import { ApiError } from "../transport/api-error.ts";
import { assertion, claimKey } from "./claims.ts";
import type { Revocations } from "./revocations.ts";
import type { Session } from "./session-state.ts";
import type { Vault } from "./vault.ts";

export interface EntryParts {
  readonly api: Api;
  readonly vault: Vault;
  readonly revocations: Revocations;
  readonly sha256: Surroundings["sha256"];
}

export interface Entry {
  readonly claim: AssertedIdentity;
  /** In memory, and still to be found out whose it is. */
  readonly previous: Session | null;
  /** Whether this claim is still what the page says. Nothing more is done for one that is not. */
  readonly isCurrent: () => boolean;
}

/** Throws `ApiError`; `identity_changed` only where there is a `previous`. */
export async function enter(parts: EntryParts, entry: Entry): Promise<Session> {
  return entry.claim === null ? enterAsVisitor(parts) : enterSignedIn(parts, entry);
}

async function enterAsVisitor({ api, vault }: EntryParts): Promise<Session> {
  const stored = vault.visitor();
  return (stored !== null && (await resumed(api, stored))) || api.open({ type: "anonymous" });
}

async function enterSignedIn(parts: EntryParts, { claim, previous, isCurrent }: Entry): Promise<Session> {
  const { api, vault, revocations } = parts;
  const identity = assertion(claim);
  const visitor = vault.visitor();
  if (visitor !== null) {
    vault.forgetVisitor();
    await revocations.end(visitor, { everywhere: false });
  }
  if (previous) {
    const renewed = await unlessEnded(() => api.renew(previous.sessionToken, identity));
    if (renewed) return renewed;
  } else {
    const stored = await storedSession(parts, claim);
    // Also where it has been overtaken: whoever gets it knows, and ends it under its new token.
    if (stored) return stored;
  }
  if (!isCurrent()) throw overtaken();
  return api.open(identity);
}

/** The iframe identity rule for a reload: the stored session is used for the identity that is asserted now, or ended. */
async function storedSession(
  { api, vault, revocations, sha256 }: EntryParts,
  claim: AssertedIdentity,
): Promise<Session | null> {
  const stored = vault.signedIn();
  if (!stored) return null;
  const { sessionToken, claimHash } = stored;
  if ((await sha256(claimKey(claim))) === claimHash) return resumed(api, sessionToken);
  try {
    return await unlessEnded(() => api.renew(sessionToken, assertion(claim)));
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "identity_changed") throw error;
    vault.forgetSignedIn();
    await revocations.end(sessionToken, { everywhere: false });
    return null;
  }
}

async function resumed(api: Api, sessionToken: string): Promise<Session | null> {
  const state = await unlessEnded(() => api.session(sessionToken));
  return state && { ...state, sessionToken };
}

/** null where the session is over: the way is free for a new one. */
async function unlessEnded<T>(request: () => Promise<T>): Promise<T | null> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof ApiError && error.code.startsWith("session_")) return null;
    throw error;
  }
}

const overtaken = (): ApiError => new ApiError("identity_changed", "Another login or logout followed.");

/** Keeps a session for the next load of this page. */
export async function keep(
  { vault, sha256 }: Pick<EntryParts, "vault" | "sha256">,
  { claim, session, isCurrent }: { claim: AssertedIdentity; session: Session; isCurrent: () => boolean },
): Promise<void> {
  const { sessionToken } = session;
  if (claim === null) {
    vault.keepVisitor(sessionToken);
    return;
  }
  const claimHash = await sha256(claimKey(claim));
  // A logout may have come while the hash was made; what it wiped must not come back.
  if (claimHash !== null && isCurrent()) vault.keepSignedIn({ sessionToken, claimHash });
}
