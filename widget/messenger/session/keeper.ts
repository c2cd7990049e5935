/** Runs the session machine: carries out what it decides, and brings it what comes of it. */

import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { AssertedIdentity, FrameMessage } from "../../bridge/messages.ts";
import type { Surroundings } from "../surroundings.ts";
import { ApiError } from "../transport/api-error.ts";
import { backoffMs } from "../transport/backoff.ts";
import { isRecord, isText } from "../transport/shape.ts";
import { type EntryParts, enter, keep } from "./entry.ts";
import { atStart, nextSession } from "./session-machine.ts";
import type {
  Session,
  SessionContext,
  SessionEffect,
  SessionEvent,
  SessionMachine,
  SessionState,
} from "./session-state.ts";

/** The host has its own limit for its provider; this one is for a host that is gone. */
const askLimitMs = 60_000;

export interface KeeperParts extends EntryParts {
  readonly surroundings: Pick<Surroundings, "after" | "random" | "online" | "broadcast">;
  readonly context: () => SessionContext;
  readonly post: (message: FrameMessage) => void;
  readonly adopt: (session: Session) => void;
  readonly disconnect: () => void;
  readonly reconnect: () => void;
  readonly tearDown: () => void;
}

export interface Keeper {
  readonly state: ReadonlySignal<SessionState>;
  dispatch(event: SessionEvent): void;
}

export function createKeeper(parts: KeeperParts): Keeper {
  const { surroundings, api, vault, revocations } = parts;
  const { after, broadcast } = surroundings;
  const state = signal<SessionState>(atStart.state);
  const waiting: SessionEvent[] = [];
  let machine: SessionMachine = atStart;
  let busy = false;
  /** Ends of sessions that come before the next opening. */
  let ending: Promise<void> = Promise.resolve();
  let attempts = 0;
  let cancelTimer = () => {};

  /** One event at a time: an effect that dispatches is heard after the effects it stands among. */
  function dispatch(event: SessionEvent): void {
    waiting.push(event);
    if (busy) return;
    busy = true;
    try {
      // In one batch: the new state must not be seen with the old conversation, nor the other way round.
      batch(() => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const step = nextSession(machine, next, parts.context());
          machine = step.machine;
          state.value = machine.state;
          for (const effect of step.effects) run(effect);
        }
      });
    } finally {
      busy = false;
    }
  }

  const isCurrent = (generation: number) => () => machine.generation === generation;

  async function entering({ generation, claim, previous }: EffectOf<"enter">): Promise<void> {
    await ending;
    dispatch(
      await enter(parts, { claim, previous, isCurrent: isCurrent(generation) }).then(
        (session): SessionEvent => ({ t: "entered", generation, claim, session }),
        (error): SessionEvent => ({ t: "refused", generation, failure: failureOf(error) }),
      ),
    );
  }

  async function check(generation: number, { sessionToken }: Session): Promise<void> {
    const outcome = await api.session(sessionToken).then(() => "alive" as const, outcomeOf);
    if (isCurrent(generation)()) dispatch({ t: outcome });
  }

  async function signOut({ session, everywhere, request }: EffectOf<"signOut">): Promise<void> {
    const tokens = new Set([session?.sessionToken, vault.signedIn()?.sessionToken, vault.visitor()]);
    forget();
    const ends = [...tokens].filter(isText).map((token) => revocations.end(token, { everywhere }));
    ending = Promise.all([ending, ...ends]).then(() => {});
    if (surroundings.online()) await Promise.all(ends);
    parts.post({ t: "result", request, ok: true, value: null });
  }

  function forget(): void {
    vault.forgetSignedIn();
    vault.forgetVisitor();
  }

  function revoke(sessionToken: string): void {
    ending = Promise.all([ending, revocations.end(sessionToken, { everywhere: false })]).then(() => {});
  }

  function timer(ms: number, event: SessionEvent): void {
    cancelTimer();
    cancelTimer = after(ms, () => dispatch(event));
  }

  function adopt(claim: AssertedIdentity, session: Session): void {
    attempts = 0;
    cancelTimer();
    const isCurrent = () => "session" in machine.state && machine.state.session === session;
    void keep(parts, { claim, session, isCurrent });
    parts.adopt(session);
  }

  function run(effect: SessionEffect): void {
    switch (effect.t) {
      case "enter":
        void entering(effect);
        break;
      case "check":
        void check(effect.generation, effect.session);
        break;
      case "tokenWanted":
        timer(askLimitMs, { t: "token", ask: effect.ask, identity: null });
        parts.post(effect);
        break;
      case "adopt":
        adopt(effect.claim, effect.session);
        break;
      case "forget":
        forget();
        break;
      case "endSignedIn": {
        const stored = vault.signedIn();
        vault.forgetSignedIn();
        if (stored) revoke(stored.sessionToken);
        break;
      }
      case "revoke":
        revoke(effect.session.sessionToken);
        break;
      case "signOut":
        void signOut(effect);
        break;
      case "announce":
        broadcast.post({ t: "loggedOut", contactId: effect.contactId });
        break;
      case "retryLater":
        timer(effect.afterMs ?? backoffMs(attempts++, surroundings.random()), { t: "retry" });
        break;
      case "disconnect":
      case "reconnect":
      case "tearDown":
        parts[effect.t]();
        break;
      default:
        parts.post(effect);
    }
  }

  broadcast.listen((message) => {
    if (isRecord(message) && message.t === "loggedOut" && isText(message.contactId))
      dispatch({ t: "elsewhere", contactId: message.contactId });
  });

  return { state, dispatch };
}

type EffectOf<Kind extends SessionEffect["t"]> = Extract<SessionEffect, { t: Kind }>;

const failureOf = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError("unavailable", String(error), null, error);

/** A session is good until the server says otherwise; that it could not be asked says nothing. */
function outcomeOf(error: unknown): "alive" | "expired" | "revoked" {
  const { code } = failureOf(error);
  if (code === "session_revoked") return "revoked";
  return code.startsWith("session_") ? "expired" : "alive";
}
