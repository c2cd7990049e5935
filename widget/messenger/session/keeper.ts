/** Runs the session machine: carries out what it decides, and brings it what comes of it. */

import { batch, type ReadonlySignal, signal } from "@preact/signals-core";
import type { AssertedIdentity, FrameMessage } from "../../bridge/messages.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Api, type EndScope, isRefusal } from "../transport/api.ts";
import { backoffMs } from "../transport/backoff.ts";
import { enter } from "./entry.ts";
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
  readonly adopt: (session: Session) => void;
  readonly disconnect: () => void;
  readonly tearDown: () => void;
}

export interface Keeper {
  readonly state: ReadonlySignal<SessionState>;
  dispatch(event: SessionEvent): void;
}

export function createKeeper(parts: KeeperParts): Keeper {
  const { surroundings, api, signedIn, visitor, revocations, context, post } = parts;
  const { after, random, online, broadcast, fingerprint } = surroundings;
  const state = signal(atStart(context()));
  let attempts = 0;
  let cancelRetry = () => {};

  /** In one batch: the new state must not be seen with the old conversation, nor the other way round. */
  const dispatch = (event: SessionEvent): void =>
    batch(() => {
      const [next, ...effects] = nextSession(state.peek(), event, context());
      state.value = next;
      for (const effect of effects) if (effect) run(effect);
    });

  const run = (effect: SessionEffect): unknown =>
    effect.t in verbs
      ? (verbs[effect.t as Verb["t"]] as (effect: SessionEffect) => unknown)(effect)
      : post(effect as FrameMessage);

  const slotOf = (claim: AssertedIdentity): Slot => (claim ? signedIn : visitor);

  async function entering({ generation, claim }: SessionState): Promise<void> {
    const isCurrent = (): boolean => state.peek().generation === generation;
    // One who signs in leaves the visitor's session behind.
    if (claim) void end(visitor);
    await revocations.settled();
    const stored = slotOf(claim).read();
    const answer = await enter({ api, fingerprint, claim, stored, isCurrent });
    if (!answer) return;
    if (isRefusal(answer)) {
      if (isCurrent()) dispatch({ t: "refused", failure: answer });
    } else if (isCurrent()) dispatch({ t: "entered", ...answer });
    // Opened for a login that another login or a logout has overtaken: nobody will use it, so nobody shall be able to.
    else if (answer.session.sessionToken !== stored?.sessionToken)
      void revocations.end(answer.session.sessionToken, "here");
  }

  async function end(slot: Slot, scope: EndScope = "here"): Promise<void> {
    const stored = slot.read();
    slot.write(null);
    if (stored) await revocations.end(stored.sessionToken, scope);
  }

  const verbs: Verbs = {
    ...parts,
    enter: () => void entering(state.peek()),
    ask: ({ reason }) => post({ t: "tokenWanted", ask: state.peek().generation, reason }),
    adopt({ session, claimHash }) {
      attempts = 0;
      cancelRetry();
      slotOf(state.peek().claim).write({ sessionToken: session.sessionToken, claimHash });
      parts.adopt(session);
    },
    endSignedIn: () => void end(signedIn),
    async signOut({ scope, request }) {
      const ends = Promise.all([end(signedIn, scope), end(visitor, scope)]);
      if (request === null) return;
      if (online()) await ends;
      post({ t: "result", request, ok: true, value: null });
    },
    announce: ({ contactId }) => broadcast.post(contactId),
    retryLater({ afterMs = backoffMs(attempts++, random()) }) {
      cancelRetry();
      cancelRetry = after(afterMs, () => dispatch({ t: "retry" }));
    },
  };

  broadcast.listen((contactId) => dispatch({ t: "elsewhere", contactId }));

  return { state, dispatch };
}

type Verb = Exclude<SessionEffect, FrameMessage>;

/** What is done about each effect that is not simply said to the host. */
type Verbs = { readonly [Type in Verb["t"]]: (effect: Extract<Verb, { t: Type }>) => unknown };
