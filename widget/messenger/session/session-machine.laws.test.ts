/** The laws that hold in every order of events. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AssertedIdentity } from "../../bridge/messages.ts";
import { jwt } from "../fixtures/fake-browser.ts";
import { absolutely, claim, context, entered, refused } from "../fixtures/session-steps.ts";
import { atStart, nextSession } from "./session-machine.ts";
import {
  isOpen,
  isShown,
  isSteppingUp,
  type SessionContext,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
} from "./session-state.ts";

describe("in every order of events", { timeout: 120_000 }, () => {
  type Word = (state: SessionState, count: number) => SessionEvent | null;

  const nameOf = ({ claim }: Pick<SessionState, "claim">): string | null => {
    const token =
      claim && ("contactJwt" in claim ? claim.contactJwt : "signInTicket" in claim && claim.signInTicket);
    return token ? (token.split(".")[0] ?? null) : null;
  };

  /** The keeper lets no stale answer through: what became of an attempt is said only of the one that is awaited. */
  const answering =
    (answer: (name: string | null, state: SessionState) => SessionEvent): Word =>
    (state) =>
      state.attempt.awaits === "session" ? answer(nameOf(state), state) : null;

  /** What can become of the visitor's conversation, by what was asked for. */
  const outcomes = {
    none: ["none", "none"],
    asked: ["none", "none"],
    later: ["none", "later"],
    granted: ["done", "refused"],
  } as const;

  const refusals = ["token_expired", "signature_invalid", "identity_missing", "identity_changed"] as const;
  const names = ["ada", "bob"] as const;
  const words: readonly Word[] = [
    ...names.map(
      (name): Word =>
        (_, request) => ({ t: "login", identity: jwt(`${name}.1`), request }),
    ),
    ...names.map(
      (name): Word =>
        (_, n) => ({ t: "login", identity: jwt(`${name}.${n}`), request: n }),
    ),
    (_, request) => ({ t: "logout", everywhere: request % 2 === 0, atProvider: false, request }),
    ...[0, 1, 0, 1].map((which) =>
      answering((name, { handover }) =>
        entered(name ?? "visitor", name !== null, (name ? outcomes[handover][which] : undefined) ?? "none"),
      ),
    ),
    () => ({ t: "signIn" }),
    () => ({ t: "putOff" }),
    ...names.flatMap((name) =>
      ([null, "along", "nothing"] as const).map(
        (take): Word =>
          (_, n) => ({ t: "ticket", signInTicket: `${name}.${n}`, take }),
      ),
    ),
    () => ({ t: "decided", take: "along" }),
    () => ({ t: "decided", take: "nothing" }),
    ...refusals.map((code) => answering(() => refused(code))),
    answering(() => refused("network", true)),
    (state, count) => {
      const name = nameOf(state);
      return { t: "token", ask: state.generation, identity: name ? jwt(`${name}.${count}`) : null };
    },
    ({ generation }) => ({ t: "token", ask: generation, identity: null }),
    ({ generation }, count) => ({ t: "token", ask: generation - 1, identity: jwt(`eve.${count}`) }),
    () => ({ t: "wanted" }),
    () => ({ t: "acted" }),
    () => ({ t: "retry" }),
    () => ({ t: "expiring", expiresAt: absolutely }),
    () => ({ t: "expired" }),
    () => ({ t: "revoked" }),
    ...names.map(
      (contactId): Word =>
        () => ({ t: "elsewhere", contactId }),
    ),
  ];

  const orders = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 60 });

  /** Every step of one order: the event, what became of it, and what was done. */
  type Observe = (state: SessionState, effects: readonly SessionEffect[], event: SessionEvent) => void;

  const policies = fc.constantFrom(
    ...(["never", "always", "ask"] as const).flatMap((stepUp) =>
      [true, false].flatMap((signInRequired) =>
        [true, false].map((visible) => ({ ...context, stepUp, signInRequired, visible })),
      ),
    ),
  );

  function play(order: readonly Word[], circumstances: SessionContext, observe: Observe): void {
    const { signInRequired } = circumstances;
    let state = atStart({ signInRequired });
    order.forEach((word, index) => {
      const event = word(state, index + 2);
      if (!event) return;
      const [next, ...effects] = nextSession(state, event, circumstances);
      state = next;
      observe(
        state,
        effects.flatMap((effect) => (effect ? [effect] : [])),
        event,
      );
    });
  }

  const always = (observer: () => Observe): void =>
    fc.assert(
      fc.property(orders, policies, (order, circumstances) => play(order, circumstances, observer())),
      { numRuns: 6000 },
    );

  test("nothing of one identity is in sight, or connected, under another", () =>
    always(() => {
      let inMemory: string | null = null;
      let connected = false;
      /** For whom a visitor's words are kept out of sight. */
      let asideFor: string | null = null;
      return (state, effects, event) => {
        for (const effect of effects) {
          if (effect.t === "setAside") {
            expect(inMemory).toBe("visitor");
            asideFor = nameOf(state);
          }
          if (effect.t === "takeUp" || effect.t === "carryOver") {
            if (asideFor !== null) expect(state.session?.contact.id).toBe(asideFor);
            asideFor = null;
          }
          if (effect.t === "tearDown" || effect.t === "endVisitor") asideFor = null;
          if (effect.t === "tearDown" || effect.t === "setAside") inMemory = null;
          if (effect.t === "carryOver") {
            // Words pass from the visitor to who signs in, and from no customer to another.
            expect(["visitor", state.session?.contact.id]).toContain(inMemory);
            inMemory = null;
            connected = false;
          }
          if (effect.t === "adopt") {
            // Nothing of the one before is left when the next one's is there.
            expect([null, effect.session.contact.id]).toContain(inMemory);
            inMemory = effect.session.contact.id;
          }
          if (effect.t === "adopt") connected = true;
          if (effect.t === "tearDown" || effect.t === "setAside" || effect.t === "disconnect")
            connected = false;
        }
        // Whoever does not want them, or is gone, leaves none behind.
        if (event.t === "logout" || (event.t === "decided" && event.take === "nothing" && isOpen(state)))
          expect(asideFor).toBe(null);
        const whom = nameOf(state) ?? "visitor";
        // A visitor who signs in sees their own conversation, cut off.
        const isCut = isSteppingUp(state);
        if (isShown(state)) expect([null, isCut ? "visitor" : whom]).toContain(inMemory);
        if (connected) expect([inMemory, isCut]).toEqual([whom, false]);
        expect(isOpen(state) && !isCut && !connected).toBe(false);
        expect(state.session?.contact.id ?? null).toBe(inMemory);
      };
    }));

  test("the last word counts: nobody is here after a logout, and nobody but the one who logged in", () =>
    always(() => {
      let who: string | null = null;
      let before: string | null | undefined;
      return (state, effects, event) => {
        if (event.t === "login") who = nameOf({ claim: event.identity });
        // A ticket that opens nothing leaves whoever was here before.
        if (event.t === "refused" && before !== undefined && nameOf(state) !== who) {
          expect([before, null]).toContain(nameOf(state));
          who = nameOf(state);
        }
        if (event.t === "ticket") {
          before = who;
          who = nameOf({ claim: event });
        }
        if (event.t === "login" || event.t === "entered") before = undefined;
        if (effects.some(({ t }) => t === "signOut")) {
          who = null;
          expect(state).toMatchObject({ phase: { kind: "loggedOut" }, claim: null, session: null });
        }
        expect(nameOf(state)).toBe(who);
      };
    }));

  test("each request is answered at most once, and only with whom it asked for", () =>
    always(() => {
      const asserted = new Map<number, AssertedIdentity>();
      const answered = new Set<number>();
      return (_, effects, event) => {
        if (event.t === "login") asserted.set(event.request, event.identity);
        for (const effect of effects) {
          const request = "request" in effect ? effect.request : null;
          if (request === null) continue;
          expect(answered.has(request)).toBe(false);
          answered.add(request);
          const identity = asserted.get(request);
          if (effect.t === "result" && effect.ok)
            expect(effect.value && "contact" in effect.value && effect.value.contact.id).toBe(
              identity && nameOf({ claim: identity }),
            );
        }
      };
    }));

  test("after five refused tokens in a row no other is asked for", () => {
    const refusing = answering(() => refused("token_expired"));
    const giving: Word = ({ generation }, count) => ({
      t: "token",
      ask: generation,
      identity: jwt(`ada.${count}`),
    });
    const wanted: Word = () => ({ t: "wanted" });
    const begun: Word = () => ({ t: "start", identity: claim, request: 1 });
    const orders = fc.array(fc.constantFrom(refusing, giving, wanted), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(orders, (order) => {
        let asks = 0;
        play([begun, ...order], { ...context, signInRequired: true }, (_, effects) => {
          asks += effects.filter(({ t }) => t === "ask").length;
          expect(asks).toBeLessThanOrEqual(4);
        });
      }),
    );
  });
});
