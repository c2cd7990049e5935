/** A table with a row for each move, long because it is the whole of it; and the laws that hold in every order of moves. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AssertedIdentity } from "../../bridge/messages.ts";
import { jwt } from "../fixtures/fake-browser.ts";
import type { Failure } from "../transport/api.ts";
import { atStart, nextSession } from "./session-machine.ts";
import {
  idle,
  isOpen,
  isShown,
  nobody,
  type Session,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
} from "./session-state.ts";

const at = "2026-11-21T09:30:00.000Z";
const absolutely = "2026-11-22T09:30:00.000Z";

const session = (id: string, verified = true): Session => ({
  sessionToken: `session of ${id}`,
  expiresAt: at,
  absoluteExpiresAt: absolutely,
  contact: { id, platformKey: id, name: id, verified, fields: {} },
  conversation: { id: `conversation of ${id}`, lastSeq: 0, readSeq: 0, agent: { delivered: 0, read: 0 } },
});

const failure = (code: Failure["code"], retryable = false): Failure => ({ code, message: "Why.", retryable });

const entered = (id: string, verified = true): SessionEvent => ({
  t: "entered",
  session: session(id, verified),
  claimHash: "hash",
});
const refused = (code: Failure["code"], retryable = false): SessionEvent => ({
  t: "refused",
  failure: failure(code, retryable),
});
const login = (token: string): SessionEvent & { t: "login" } => ({
  t: "login",
  identity: jwt(token),
  request: 2,
});
const logout: SessionEvent = { t: "logout", everywhere: false, request: 2 };

const ada = { id: "ada", platformKey: "ada", name: "ada" };
const claim = jwt("ada.1");
const context = { signInRequired: false, visible: true };

const visitor = atStart(context);
const loggedOut = nobody({ kind: "loggedOut", canSignIn: false }, 7);
const opening: SessionState = {
  ...nobody({ kind: "opening" }, 7),
  claim,
  attempt: { ...idle, awaits: "session", request: 1 },
};
const open: SessionState = {
  ...nobody({ kind: "open", contact: ada, verified: true }, 7),
  claim,
  session: session("ada"),
};
const anonymous: SessionState = { ...open, claim: null, session: session("v", false) };
const over: SessionState = { ...open, life: "over" };
const renewing: SessionState = { ...open, attempt: { ...idle, awaits: "session" } };
const reopening: SessionState = { ...over, attempt: { ...idle, by: "retry", awaits: "session" } };
const hidden: SessionState = { ...opening, session: session("ada") };
const expired: SessionState = { ...over, phase: { kind: "expired", contact: ada, canSignIn: false } };
const failed = (retryable: boolean): SessionState => ({
  ...open,
  phase: { kind: "failed", code: "network", retryable },
  attempt: { ...idle, awaits: retryable ? "retry" : "nothing" },
});
const asked = (state: SessionState, refusal: Failure | null): SessionState => ({
  ...state,
  attempt: { ...state.attempt, awaits: "token", refusal },
});
const askedAgain = asked(reopening, failure("token_expired"));

/** What the state has become, and what is done. */
function outcome(state: SessionState, event: SessionEvent, circumstances = context): string {
  const [{ phase, life, attempt }, ...effects] = nextSession(state, event, circumstances);
  const awaits = attempt.awaits === "nothing" ? "" : ` awaits ${attempt.awaits}`;
  const done = effects.flatMap((effect) => (effect ? [effect.t] : []));
  return [`${phase.kind}${life === "over" ? " (over)" : ""}${awaits}`, ...done].join(", ");
}

const token = (identity: AssertedIdentity, ask = 7): SessionEvent => ({ t: "token", ask, identity });

describe("the session", () => {
  test.each<[string, SessionState, SessionEvent, string]>([
    // What the page says
    [
      "is not opened for a visitor at the start",
      visitor,
      { t: "start", identity: null, request: 1 },
      "idle, endSignedIn",
    ],
    [
      "is opened for an identity at the start",
      visitor,
      { t: "start", identity: claim, request: 1 },
      "opening awaits session, tearDown, authenticating, enter",
    ],
    ["is there already", open, login("ada.1"), "open, result"],
    ["is on its way already", opening, login("ada.1"), "opening awaits session"],
    [
      "is hidden and cut off while it is open whose it is",
      open,
      login("ada.2"),
      "opening awaits session, disconnect, authenticating, enter",
    ],
    [
      "of a visitor is hidden and cut off too",
      anonymous,
      login("ada.1"),
      "opening awaits session, disconnect, authenticating, enter",
    ],
    [
      "is opened anew for the same claim where it is over",
      over,
      login("ada.1"),
      "opening (over) awaits session, disconnect, authenticating, enter",
    ],
    [
      "overtakes an earlier login",
      opening,
      login("bob.1"),
      "opening awaits session, tearDown, authenticating, enter",
    ],
    ["ends at logout", open, logout, "loggedOut, tearDown, announce, loggedOut, signOut"],
    ["is not waited for at logout", opening, logout, "loggedOut, tearDown, loggedOut, signOut"],
    ["may be ended twice", loggedOut, logout, "loggedOut, tearDown, signOut"],

    // What the server says
    ["is adopted, announced and answered", opening, entered("ada"), "open, adopt, authenticated, result"],
    ["comes back to whom it belongs", hidden, entered("ada"), "open, adopt, authenticated, result"],
    [
      "of another person throws away the one before",
      hidden,
      entered("bob"),
      "open, tearDown, announce, loggedOut, adopt, authenticated, result",
    ],
    [
      "of one who signs in throws away the visitor's",
      { ...hidden, session: session("v", false) },
      entered("ada"),
      "open, tearDown, announce, adopt, authenticated, result",
    ],
    ["is renewed in silence", renewing, entered("ada"), "open, adopt"],
    ["is announced again after it had expired", reopening, entered("ada"), "open, adopt, authenticated"],
    [
      "of a visitor is adopted in silence",
      { ...opening, claim: null, attempt: { ...idle, awaits: "session" } },
      entered("v", false),
      "open, adopt",
    ],
    ["asks for another token at the start", opening, refused("token_expired"), "opening awaits token, ask"],
    [
      "does not ask where the fault would stay",
      opening,
      refused("identity_missing"),
      "failed, authError, result",
    ],
    [
      "does not ask after login()",
      { ...opening, attempt: { ...opening.attempt, by: "login" } },
      refused("token_expired"),
      "failed, authError, result",
    ],
    [
      "does not ask for a sixth token",
      { ...opening, refusals: 4 },
      refused("token_expired"),
      "failed, authError, result",
    ],
    [
      "tries again where it may help",
      opening,
      refused("network", true),
      "failed awaits retry, authError, result, retryLater",
    ],
    [
      "tries again in silence",
      { ...opening, attempt: { ...idle, by: "retry", awaits: "session" } },
      refused("network", true),
      "failed awaits retry, retryLater",
    ],
    [
      "gives way to another identity",
      hidden,
      refused("identity_changed"),
      "opening awaits session, endSignedIn, tearDown, announce, loggedOut, enter",
    ],
    [
      "gives way to another identity in a renewal",
      renewing,
      refused("identity_changed"),
      "opening awaits session, endSignedIn, tearDown, announce, loggedOut, authenticating, enter",
    ],
    [
      "asks again where the renewal's token is refused",
      renewing,
      refused("token_expired"),
      "open awaits token, ask",
    ],
    ["goes on where a renewal fails", renewing, refused("deployment_inactive"), "open, authError"],
    [
      "asks for a token where the old one is refused",
      reopening,
      refused("token_expired"),
      "open (over) awaits token, ask",
    ],
    [
      "waits for the network with everything in sight",
      reopening,
      refused("network", true),
      "open (over) awaits retry, retryLater",
    ],
    [
      "fails where the place is closed",
      reopening,
      refused("deployment_inactive"),
      "failed (over), authError",
    ],
    ["that was revoked leaves nothing", open, { t: "revoked" }, "loggedOut, tearDown, loggedOut, signOut"],
    ["is newer than a revocation of the one before", hidden, { t: "revoked" }, "opening awaits session"],

    // Tokens
    [
      "is opened with the token that was asked for",
      askedAgain,
      token(jwt("ada.2")),
      "open (over) awaits session, enter",
    ],
    [
      "is not renewed by a token that answers another question",
      askedAgain,
      token(jwt("ada.2"), 6),
      "open (over) awaits token",
    ],
    ["is not renewed by a token that nobody asked for", open, token(jwt("ada.2")), "open"],
    ["goes on without a token until it expires", asked(open, null), token(null), "open"],
    ["goes on with the same token until it expires", asked(open, null), token(claim), "open"],
    [
      "is over where the page has no token",
      askedAgain,
      token(null),
      "expired (over), authError, tokenExpired",
    ],
    [
      "is over where the page has only the refused one",
      askedAgain,
      token(claim),
      "expired (over), authError, tokenExpired",
    ],
    [
      "is not opened where the page has no better token",
      asked(opening, failure("token_expired")),
      token(null),
      "failed, authError, result",
    ],

    // Time
    [
      "asks for a token before its absolute end",
      open,
      { t: "expiring", expiresAt: absolutely },
      "open awaits token, tokenExpiring, ask",
    ],
    ["lets its idle end come", open, { t: "expiring", expiresAt: at }, "open"],
    ["does not ask twice at once", renewing, { t: "expiring", expiresAt: absolutely }, "open awaits session"],
    ["of a visitor can't be renewed", anonymous, { t: "expiring", expiresAt: absolutely }, "open"],
    [
      "comes back at once for someone who uses it",
      open,
      { t: "expired" },
      "open (over) awaits session, disconnect, enter",
    ],
    ["rests where nobody used it", { ...open, life: "unused" }, { t: "expired" }, "open (over), disconnect"],
    ["keeps waiting for its renewal", renewing, { t: "expired" }, "open (over) awaits session, disconnect"],
    ["expires once", over, { t: "expired" }, "open (over)"],

    // The customer
    [
      "is opened for a visitor who wants to talk",
      visitor,
      { t: "wanted" },
      "opening awaits session, tearDown, enter",
    ],
    [
      "is opened for a visitor again after a logout",
      loggedOut,
      { t: "wanted" },
      "opening awaits session, tearDown, enter",
    ],
    ["needs no waking", open, { t: "wanted" }, "open"],
    ["wakes when the customer acts", over, { t: "acted" }, "open (over) awaits session, enter"],
    ["wakes when the panel is opened", over, { t: "wanted" }, "open (over) awaits session, enter"],
    ["wakes once", reopening, { t: "acted" }, "open (over) awaits session"],
    ["rests through a retry that is not its own", over, { t: "retry" }, "open (over)"],
    [
      "is tried again",
      { ...over, attempt: { ...idle, awaits: "retry" } },
      { t: "retry" },
      "open (over) awaits session, enter",
    ],
    [
      "asks once more when the panel is opened",
      expired,
      { t: "wanted" },
      "open (over) awaits session, enter",
    ],
    ["does not ask at every key", expired, { t: "acted" }, "expired (over)"],
    ["is tried again by the customer", failed(false), { t: "retry" }, "opening awaits session, enter"],
    [
      "is not tried again by opening the panel where that can't help",
      failed(false),
      { t: "wanted" },
      "failed",
    ],
    [
      "is tried again by opening the panel where it may help",
      failed(true),
      { t: "wanted" },
      "opening awaits session, enter",
    ],
    ["has nothing to try again", loggedOut, { t: "retry" }, "loggedOut"],

    // Other tabs
    [
      "ends with a logout in another tab",
      open,
      { t: "elsewhere", contactId: "ada" },
      "loggedOut, tearDown, loggedOut, signOut",
    ],
    [
      "ends in hiding with a logout in another tab",
      failed(false),
      { t: "elsewhere", contactId: "ada" },
      "loggedOut, tearDown, loggedOut, signOut",
    ],
    ["has nothing to do with a logout of somebody else", open, { t: "elsewhere", contactId: "bob" }, "open"],
    [
      "is newer than a logout in another tab",
      hidden,
      { t: "elsewhere", contactId: "ada" },
      "opening awaits session",
    ],
  ])("%s", (_, state, event, expected) => {
    expect(outcome(state, event)).toBe(expected);
  });

  test("rests where nobody can see the panel", () => {
    expect(outcome(open, { t: "expired" }, { signInRequired: true, visible: false })).toBe(
      "open (over), disconnect",
    );
  });

  test("is not opened for visitors where signing in is required", () => {
    const required = { signInRequired: true, visible: true };
    expect(outcome(atStart(required), { t: "wanted" }, required)).toBe("signInRequired");
    expect(outcome(loggedOut, { t: "wanted" }, required)).toBe("loggedOut");
  });

  test("that came back by itself comes back again only where it was used", () => {
    const [unused] = nextSession(reopening, entered("ada"), context);
    expect(outcome(unused, { t: "expired" })).toBe("open (over), disconnect");
    const [used] = nextSession(unused, { t: "acted" }, context);
    expect(outcome(used, { t: "expired" })).toBe("open (over) awaits session, disconnect, enter");
  });

  test("makes every earlier answer stale at each claim and at a logout", () => {
    for (const event of [login("bob.1"), logout])
      for (const state of [opening, renewing, askedAgain])
        expect(nextSession(state, event, context)[0].generation).toBeGreaterThan(state.generation);
  });
});

describe("in every order of events", () => {
  type Word = (state: SessionState, count: number) => SessionEvent | null;

  const nameOf = ({ claim }: SessionState): string | null =>
    claim && "contactJwt" in claim ? (claim.contactJwt.split(".")[0] ?? null) : null;

  /** The keeper lets no stale answer through: what became of an attempt is said only of the one that is awaited. */
  const answering =
    (answer: (name: string | null) => SessionEvent): Word =>
    (state) =>
      state.attempt.awaits === "session" ? answer(nameOf(state)) : null;

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
    (_, request) => ({ t: "logout", everywhere: request % 2 === 0, request }),
    ...[1, 2, 3].map(() => answering((name) => entered(name ?? "visitor", name !== null))),
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

  function play(order: readonly Word[], signInRequired: boolean, observe: Observe): void {
    let state = atStart({ signInRequired });
    order.forEach((word, index) => {
      const event = word(state, index + 2);
      if (!event) return;
      const [next, ...effects] = nextSession(state, event, { signInRequired, visible: true });
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
      fc.property(orders, fc.boolean(), (order, signInRequired) => play(order, signInRequired, observer())),
      { numRuns: 2000 },
    );

  test("nothing of one identity is in sight, or connected, under another", () =>
    always(() => {
      let inMemory: string | null = null;
      let connected = false;
      return (state, effects) => {
        for (const effect of effects) {
          if (effect.t === "tearDown") inMemory = null;
          if (effect.t === "adopt") {
            // Nothing of the one before is left when the next one's is there.
            expect([null, effect.session.contact.id]).toContain(inMemory);
            inMemory = effect.session.contact.id;
          }
          if (effect.t === "adopt") connected = true;
          if (effect.t === "tearDown" || effect.t === "disconnect") connected = false;
        }
        const whom = nameOf(state) ?? "visitor";
        if (isShown(state)) expect([null, whom]).toContain(inMemory);
        if (connected) expect(inMemory).toBe(whom);
        expect(isOpen(state) && !connected).toBe(false);
        expect(state.session?.contact.id ?? null).toBe(inMemory);
      };
    }));

  test("the last word counts: nobody is here after a logout, and nobody but the one who logged in", () =>
    always(() => {
      let who: string | null = null;
      return (state, effects, event) => {
        if (event.t === "login") who = nameOf({ ...state, claim: event.identity });
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
      return (state, effects, event) => {
        if (event.t === "login") asserted.set(event.request, event.identity);
        for (const effect of effects) {
          const request = "request" in effect ? effect.request : null;
          if (request === null) continue;
          expect(answered.has(request)).toBe(false);
          answered.add(request);
          const identity = asserted.get(request);
          if (effect.t === "result" && effect.ok)
            expect(effect.value?.contact.id).toBe(identity && nameOf({ ...state, claim: identity }));
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
        play([begun, ...order], true, (_, effects) => {
          asks += effects.filter(({ t }) => t === "ask").length;
          expect(asks).toBeLessThanOrEqual(4);
        });
      }),
    );
  });
});
