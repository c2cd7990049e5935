/** Sessions: opened by an identity that the gate vouches for, or by none where the community takes visitors. */

import { type Clock, timestamp } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { IdentityAssertion, OpenedSession, SessionState } from "../../shared/protocol.ts";
import type { Community, Config, Deployment } from "../config/config.ts";
import { findPlace } from "../config/directory.ts";
import type { Bus } from "../delivery/bus.ts";
import type { Gate } from "../identity/gate.ts";
import type { PlatformTokens } from "../identity/platform-tokens.ts";
import type { SessionDetails, SessionRecord, SessionStore } from "../store/store.ts";
import { createActivity } from "./activity.ts";
import { createAsserter, refuseByPolicy, toContactAssertion, toTokenUse } from "./assertion.ts";
import { expiryOf, idleMs, timesFrom } from "./session-times.ts";
import { hashSessionToken, newSessionToken } from "./session-token.ts";

/** A session is told from one that never was for this long after its end. */
const rememberEndedMs = 24 * 60 * 60 * 1000;

export interface Sessions {
  /** Throws every identity code, `signed_identity_required`, `signed_identity_rejected`, `token_revoked`, `token_replayed`. */
  open(input: {
    readonly deployment: Deployment;
    readonly community: Community;
    readonly identity: IdentityAssertion;
    readonly device: string;
  }): Promise<OpenedSession>;
  /** Exchanges a Contact JWT for a platform JWT and keeps its attributes. Throws as `open` does. */
  authorize(input: {
    readonly deployment: Deployment;
    readonly community: Community;
    readonly contactJwt: string;
    readonly preview: boolean;
  }): Promise<{ accessToken: string; tokenType: "platform_jwt"; expiresInSeconds: number }>;
  /** Throws `session_missing`, `session_expired`, `session_revoked`. */
  authenticate(sessionToken: string | null): Promise<SessionDetails>;
  state(details: SessionDetails): SessionState;
  /**
   * The same session with a new token and new times. The old token stops at once; sockets stay.
   * Throws as `authenticate` and `open` do, and `identity_changed`.
   */
  renew(sessionToken: string | null, identity: IdentityAssertion): Promise<OpenedSession>;
  /** Ends the session and revokes its tokens; idempotent. Throws `session_missing` only where no token is given. */
  end(sessionToken: string | null, options: { readonly everywhere: boolean }): Promise<void>;
  /** The customer did something: moves the idle expiry. @returns the session's expiry in milliseconds */
  touch(session: SessionRecord): number;
  /** Forgets what is long over. To be called every few minutes. */
  sweep(): Promise<void>;
}

export function createSessions(deps: {
  store: SessionStore;
  bus: Bus;
  clock: Clock;
  gate: Gate;
  platformTokens: PlatformTokens;
  config: Config;
  randomBytes: (size: number) => Uint8Array;
}): Sessions {
  const { store, bus, clock, gate, platformTokens, config, randomBytes } = deps;
  const activity = createActivity(deps);
  const assert = createAsserter(deps);

  async function authenticate(sessionToken: string | null): Promise<SessionDetails> {
    if (sessionToken === null) throw new ProblemError("session_missing");
    const found = await store.findSession(hashSessionToken(sessionToken));
    if (!found) throw new ProblemError("session_missing", { detail: "No session has this token." });
    if (found.session.endedAt !== null) throw new ProblemError("session_revoked");
    const session = activity.current(found.session);
    if (clock.now() >= expiryOf(session)) throw new ProblemError("session_expired");
    communityOf(session);
    return { ...found, session };
  }

  /** What is switched off, removed or moved to another community takes its sessions with it. */
  function communityOf(session: SessionRecord): Community {
    try {
      const { community } = findPlace(config, session.deploymentId);
      if (community.id === session.communityId) return community;
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause;
      throw new ProblemError("session_revoked", { detail: cause.message, cause });
    }
    throw new ProblemError("session_revoked", { detail: "The deployment has moved to another community." });
  }

  function state({ session, contact, conversation }: SessionDetails): SessionState {
    return {
      expiresAt: timestamp(expiryOf(activity.current(session))),
      absoluteExpiresAt: timestamp(session.absoluteExpiresAt),
      contact,
      conversation: {
        id: conversation.id,
        lastSeq: conversation.lastSeq,
        readSeq: conversation.customer.read,
        agent: conversation.agent,
      },
    };
  }

  return {
    authenticate,
    state,

    async open({ deployment, community, identity, device }) {
      const asserted = await assert(identity, deployment, community);
      const sessionToken = newSessionToken(randomBytes);
      const at = clock.now();
      const opened = await store.openSession({
        ...timesFrom(at, community, identity.type),
        tokenHash: hashSessionToken(sessionToken),
        deploymentId: deployment.id,
        method: identity.type,
        device,
        contact: asserted.contact,
        identityToken: asserted.token,
        preview: asserted.preview,
        at,
      });
      if (!opened.ok) throw new ProblemError(opened.code);
      return { sessionToken, ...state(opened), ...asserted.notice };
    },

    async authorize({ deployment, community, contactJwt, preview }) {
      refuseByPolicy(community, "contactJwt");
      const verified = await gate.verifyContactJwt(contactJwt, community);
      const token = toTokenUse(verified, community);
      const recorded = await store.recordContact(toContactAssertion(verified), token, clock.now());
      if (!recorded.ok) throw new ProblemError(recorded.code);
      const issued = await platformTokens.issue(verified, deployment.id, preview);
      return { ...issued, tokenType: "platform_jwt" };
    },

    async renew(sessionToken, identity) {
      const { session } = await authenticate(sessionToken);
      const { deployment, community } = findPlace(config, session.deploymentId);
      const asserted = await assert(identity, deployment, community);
      // A preview has a conversation of its own.
      if (asserted.preview !== session.preview) throw new ProblemError("identity_changed");
      const nextToken = newSessionToken(randomBytes);
      const at = clock.now();
      const renewed = await store.renewSession({
        ...timesFrom(at, community, session.method),
        sessionId: session.id,
        tokenHash: hashSessionToken(nextToken),
        contact: asserted.contact,
        identityToken: asserted.token,
        at,
      });
      if (!renewed.ok) throw new ProblemError(renewed.code);
      return { sessionToken: nextToken, ...state(renewed), ...asserted.notice };
    },

    async end(sessionToken, { everywhere }) {
      if (sessionToken === null) throw new ProblemError("session_missing");
      const tokenHash = hashSessionToken(sessionToken);
      const ended = await store.endSession({ tokenHash, everywhere, at: clock.now() });
      for (const sessionId of ended) {
        activity.forget(sessionId);
        bus.publish(`session:${sessionId}`, { kind: "ended", sessionId });
      }
    },

    touch: (session) => activity.touch(session, idleMs(communityOf(session), session.method)),

    async sweep() {
      activity.forgetExpired();
      await store.sweepSessions(clock.now() - rememberEndedMs);
    },
  };
}
