/** Sessions: opened by an identity that the gate vouches for, or by none where the community takes visitors. */

import { type Clock, timestamp } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { IdentityAssertion, OpenedSession, SessionState } from "../../shared/protocol.ts";
import type { Community, Config, Deployment } from "../config/config.ts";
import { findPlace } from "../config/directory.ts";
import type { Bus } from "../delivery/bus.ts";
import type { Gate } from "../identity/gate.ts";
import type { PlatformTokens } from "../identity/platform-tokens.ts";
import type { Oidc } from "../oidc/oidc.ts";
import type { SharedLocks } from "../redis/shared-locks.ts";
import type {
  GrantStore,
  SessionDetails,
  SessionGrant,
  SessionRecord,
  SessionStore,
} from "../store/store.ts";
import { createActivity } from "./activity.ts";
import {
  type Asserted,
  createAsserter,
  refuseByPolicy,
  toContactAssertion,
  toTokenUse,
} from "./assertion.ts";
import { createSessionEnds, createTellEnded, type SessionEnds } from "./session-ends.ts";
import { expiryOf, idleMs, timesFrom } from "./session-times.ts";
import { hashSessionToken, newSessionToken } from "./session-token.ts";
import { createSilentRenewal } from "./silent-renewal.ts";
import { createStepUp, handoverNotices, refusalOf } from "./step-up.ts";

/** A session is told from one that never was for this long after its end. */
const rememberEndedMs = 24 * 60 * 60 * 1000;

export interface Sessions extends SessionEnds {
  /**
   * Throws every identity code, `signed_identity_required`, `signed_identity_rejected`, `token_revoked`, `token_replayed`;
   * of a handover `session_missing`, `session_expired`, `session_revoked`, `forbidden`, `request_invalid`. What it refuses
   * it refuses whole: whether to sign in without the conversation is for the client to decide.
   */
  open(input: {
    readonly deployment: Deployment;
    readonly community: Community;
    readonly identity: IdentityAssertion;
    readonly device: string;
    /** A visitor's own session token: the customer who signs in was that visitor. null: nobody was. */
    readonly handover: string | null;
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
   *
   * @param identity null: by the refresh token of the session's OpenID provider; `request_invalid` where there is none
   */
  renew(sessionToken: string | null, identity: IdentityAssertion | null): Promise<OpenedSession>;
  /** The customer did something: moves the idle expiry. @returns the session's expiry in milliseconds */
  touch(session: SessionRecord): number;
  /** Forgets what is long over. To be called every few minutes. */
  sweep(): Promise<void>;
}

export function createSessions(deps: {
  store: SessionStore & GrantStore;
  bus: Bus;
  clock: Clock;
  gate: Gate;
  platformTokens: PlatformTokens;
  oidc: Oidc;
  config: Config;
  randomBytes: (size: number) => Uint8Array;
  /** Default: this is the only node. */
  locks?: SharedLocks;
}): Sessions {
  const { store, bus, clock, gate, platformTokens, oidc, config, randomBytes } = deps;
  const activity = createActivity(deps);
  const assert = createAsserter(deps);
  const silently = createSilentRenewal<OpenedSession>(deps);
  const tellEnded = createTellEnded(bus, activity);
  const stepUp = createStepUp({ bus, authenticate, tellEnded });

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

  /** What is switched off, removed or moved to another community, or by its policy lets none such in, keeps no sessions. */
  function communityOf(session: SessionRecord): Community {
    try {
      const { community } = findPlace(config, session.deploymentId);
      if (community.id !== session.communityId)
        throw new ProblemError("session_revoked", {
          detail: "The deployment has moved to another community.",
        });
      refuseByPolicy(community, session.method);
      return community;
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause;
      throw new ProblemError("session_revoked", { detail: cause.message, cause });
    }
  }

  function state({ session, contact, conversation }: SessionDetails): SessionState {
    return {
      id: session.id,
      expiresAt: timestamp(expiryOf(activity.current(session))),
      absoluteExpiresAt: timestamp(session.absoluteExpiresAt),
      contact,
      conversation: {
        id: conversation.id,
        lastSeq: conversation.lastSeq,
        readSeq: conversation.customer.read,
        agent: conversation.agent,
      },
      silentRenewal: session.hasRefreshToken,
    };
  }

  async function renewWith(
    asserted: Asserted,
    session: SessionRecord,
    community: Community,
  ): Promise<OpenedSession> {
    // A preview has a conversation of its own.
    if (asserted.preview !== session.preview) throw new ProblemError("identity_changed");
    const at = clock.now();
    const nextToken = newSessionToken(randomBytes, at);
    const renewed = await store.renewSession({
      ...timesFrom(at, community, session.method),
      sessionId: session.id,
      tokenHash: hashSessionToken(nextToken),
      contact: asserted.contact,
      identityToken: asserted.token,
      grant: asserted.grant,
      at,
    });
    if (!renewed.ok) {
      discard(asserted.grant, community);
      throw new ProblemError(renewed.code);
    }
    return { sessionToken: nextToken, ...state(renewed), ...asserted.notice };
  }

  /** No session keeps it, so no sweep would ever revoke it. */
  function discard(grant: SessionGrant | null, community: Community): void {
    const refreshToken = grant?.sealedRefreshToken ?? null;
    if (refreshToken !== null) oidc.revoke(refreshToken, community).catch(() => {});
  }

  return {
    ...createSessionEnds({ store, clock, activity, tellEnded }),
    authenticate,
    state,

    async open({ deployment, community, identity, device, handover }) {
      if (handover !== null) await stepUp.check(handover, community, identity);
      const asserted = await assert(identity, deployment, community);
      const at = clock.now();
      const sessionToken = newSessionToken(randomBytes, at);
      const opened = await store.openSession({
        ...timesFrom(at, community, identity.type),
        tokenHash: hashSessionToken(sessionToken),
        deploymentId: deployment.id,
        method: identity.type,
        device,
        contact: asserted.contact,
        identityToken: asserted.token,
        handover: handover === null ? null : { tokenHash: hashSessionToken(handover), ...handoverNotices },
        grant: asserted.grant,
        preview: asserted.preview,
        at,
      });
      if (!opened.ok) {
        discard(asserted.grant, community);
        throw refusalOf(opened.code);
      }
      if (opened.handedOver) stepUp.tell(opened.handedOver, opened.conversation.id);
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
      if (identity === null)
        return silently.once(session.id, async () =>
          renewWith(await silently.assert(session, community), session, community),
        );
      return renewWith(await assert(identity, deployment, community), session, community);
    },

    touch: (session) => activity.touch(session, idleMs(communityOf(session), session.method)),

    async sweep() {
      activity.forgetExpired();
      await store.sweepSessions(clock.now() - rememberEndedMs);
    },
  };
}
