/** Runs the session machine: carries out what it decides, and brings it what comes of it. */

import { batch, type ReadonlySignal, signal } from "@preact/signals-core";
import type { FrameMessage } from "../../bridge/messages.ts";
import type { HandoverChoice } from "../model/messenger-model.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Api, type Ended, type EndScope, isRefusal, unanswered } from "../transport/api.ts";
import { backoffMs } from "../transport/backoff.ts";
import { type Claim, worksOnce } from "./claims.ts";
import { type Entry, enter } from "./entry.ts";
import type { Revocations } from "./revocations.ts";
import { atStart, nextSession } from "./session-machine.ts";
import type { Session, SessionContext, SessionEffect, SessionEvent, SessionState } from "./session-state.ts";
import type { Slot, Vault } from "./vault.ts";

export interface KeeperParts extends Vault {
  readonly surroundings: Surroundings;
  readonly api: Api;
  readonly revocations: Revocations;
  readonly context: () => SessionContext;
  readonly post: (message: FrameMessage) => void;
  /** @param visitorId of whom words come along */
  readonly adopt: (session: Session, visitorId: string | undefined) => void;
  readonly wipeWords: (contactId: string) => Promise<void>;
  /** Whether some of theirs are kept. */
  readonly hasWords: (contactId: string) => Promise<boolean>;
  readonly disconnect: () => void;
  readonly tearDown: () => void;
  readonly carryOver: () => void;
  readonly setAside: () => void;
  readonly takeUp: () => void;
  readonly endVisitor: () => void;
  readonly leftBehind: () => void;
  readonly openSignIn: (effect: { readonly take: HandoverChoice | null }) => void;
  /** Whether there is something that a visitor wrote in this panel. */
  readonly visitorWrote: () => boolean;
}

export interface Keeper {
  readonly state: ReadonlySignal<SessionState>;
  dispatch(event: SessionEvent): void;
}

export function createKeeper(parts: KeeperParts): Keeper {
  const { surroundings, api, signedIn, visitor, spent, revocations, context, post } = parts;
  const { clock, after, random, online, broadcast, fingerprint } = surroundings;
  const state = signal(atStart(context()));
  let attempts = 0;
  let cancelRetry = () => {};
  /** When the page, or the frame's own sign-in window, last said who is here, or that nobody is. */
  let saidAt = 0;
  /** Who logged out in other tabs since then. */
  let gone: string[] = [];
  /** Whose words were left, until somebody else comes: the page without an identity may be where a sign-out ends. */
  let left: string | undefined;

  /** In one batch: the new state must not be seen with the old conversation, nor the other way round. */
  const dispatch = (event: SessionEvent): void =>
    batch(() => {
      if (event.t === "ticket" || "request" in event) {
        saidAt = clock.now();
        gone = [];
      }
      const [next, ...effects] = nextSession(state.peek(), event, context());
      state.value = next;
      for (const effect of effects) if (effect) run(effect);
    });

  const run = (effect: SessionEffect): unknown =>
    effect.t in verbs
      ? (verbs[effect.t as Verb["t"]] as (effect: SessionEffect) => unknown)(effect)
      : post(effect as FrameMessage);

  const slotOf = (claim: Claim): Slot => (claim ? signedIn : visitor);

  async function entering({ generation, claim, attempt, handover }: SessionState): Promise<void> {
    const isCurrent = (): boolean => state.peek().generation === generation;
    // One who signs in leaves the visitor's session behind.
    if (claim && handover === "none") drop(visitor);
    await revocations.settled();
    const stored = slotOf(claim).read();
    const [answer, waiting] = await Promise.all([
      entry({
        api,
        fingerprint,
        claim,
        stored,
        spent,
        how: attempt.by === "silence" ? "silently" : "claiming",
        handover: claim && handover === "granted" && visitor.read() ? visitor : null,
        isCurrent,
      }),
      handover === "later" && isWorthAsking(),
    ]);
    if (!answer) return;
    if (isRefusal(answer)) {
      if (isCurrent()) dispatch({ t: "refused", failure: answer });
      return;
    }
    const { sessionToken } = answer.session;
    if (isCurrent()) {
      dispatch({ t: "entered", ...answer, ...(waiting && { handover: "later" }) });
      // The last word counts, wherever it was said: also while nobody knew yet whose session was being opened here.
      const contactId = answer.session.contact.id;
      if (gone.includes(contactId)) dispatch({ t: "elsewhere", contactId });
    }
    // Opened for a login that another login or a logout has overtaken: nobody will use it, so nobody shall be able to.
    else {
      if (sessionToken !== stored?.sessionToken) void revocations.end(sessionToken, "");
      // Only now is it known whose logout it was.
      if (state.peek().phase.kind === "loggedOut") announce(answer.session.contact.id);
    }
    // The customer's session of before, which gave way to one with the visitor's conversation.
    if (stored && answer.handover !== "none") void revocations.end(stored.sessionToken, "");
  }

  const rarely = () => import("./rare-entry.ts");

  /** Few have an OpenID provider, or are visitors who sign in: their ways in are a file of their own. */
  const entry = (parts: Entry): ReturnType<typeof enter> =>
    parts.how === "silently" || parts.handover || worksOnce(parts.claim)
      ? rarely().then(
          ({ enterRarely }) => enterRarely(parts),
          () => unanswered("network"),
        )
      : enter(parts);

  /** Whether the visitor of this browser left a conversation, or words. What is empty, or over, is ended. */
  async function isWorthAsking(): Promise<boolean> {
    if (parts.visitorWrote()) return true;
    const stored = visitor.read();
    if (!stored) return false;
    const hasLeft = await rarely()
      .then(({ leftSomething }) => leftSomething(stored, api, parts.hasWords))
      // A file was lost, and what can't be known may be worth it.
      .catch(() => true);
    if (!hasLeft) drop(visitor);
    return hasLeft;
  }

  async function end(slot: Slot, scope: EndScope = ""): Promise<Ended> {
    const stored = slot.read();
    slot.write(null);
    return stored && revocations.end(stored.sessionToken, scope);
  }

  const holderOf = (slot: Slot): string | undefined => slot.read()?.contactId;

  /** What waits goes with a session that somebody ends; one that expires leaves it. */
  const wipe = (...contactIds: (string | undefined)[]): Promise<unknown> =>
    Promise.all(contactIds.map((id) => id && parts.wipeWords(id)));

  function drop(slot: Slot): void {
    void wipe(holderOf(slot));
    void end(slot);
  }

  const announce = (contactId: string): void => broadcast.post({ contactId, at: saidAt });

  const verbs: Verbs = {
    ...parts,
    enter: () => void entering(state.peek()),
    ask: ({ reason }) => post({ t: "tokenWanted", ask: state.peek().generation, reason }),
    adopt({ session, claimHash, handover, visitorId }) {
      attempts = 0;
      cancelRetry();
      // With the handover the server has ended it.
      if (handover === "done") visitor.write(null);
      const { sessionToken, contact } = session;
      slotOf(state.peek().claim).write({ sessionToken, claimHash, contactId: contact.id });
      if (contact.verified) left = undefined;
      parts.adopt(session, visitorId);
    },
    endSignedIn({ words }) {
      left = holderOf(signedIn);
      (words === "wiped" ? drop : end)(signedIn);
    },
    endVisitor() {
      parts.endVisitor();
      drop(visitor);
    },
    async signOut({ scope, request }) {
      // Also of a session that was not taken up again: the page may have been reloaded for the logout.
      const holders = [holderOf(signedIn), holderOf(visitor), left];
      const wiped = wipe(...holders);
      const ends = Promise.all([end(signedIn, scope), end(visitor, scope)]);
      spent.write(null);
      if (request === null) return;
      for (const contactId of holders) if (contactId) announce(contactId);
      await wiped;
      const [ended = null] = online() ? await ends : [];
      post({ t: "result", request, ok: true, value: ended });
    },
    announce: ({ contactId }) => announce(contactId),
    retryLater({ afterMs = backoffMs(attempts++, random()) }) {
      cancelRetry();
      cancelRetry = after(afterMs, () => dispatch({ t: "retry" }));
    },
  };

  broadcast.listen(({ contactId, at }) => {
    if (at >= saidAt) gone.push(contactId);
    dispatch({ t: "elsewhere", contactId });
  });

  return { state, dispatch };
}

type Verb = Exclude<SessionEffect, FrameMessage>;

/** What is done about each effect that is not simply said to the host. */
type Verbs = { readonly [Type in Verb["t"]]: (effect: Extract<Verb, { t: Type }>) => unknown };
