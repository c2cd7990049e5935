/** A visitor signs in: a row for each move. */

import { describe, expect, test } from "vitest";
import {
  anonymous,
  at,
  context,
  entered,
  failure,
  login,
  logout,
  open,
  outcome,
  refused,
  session,
  visitor,
} from "../fixtures/session-steps.ts";
import { nextSession } from "./session-machine.ts";
import {
  idle,
  questionOf,
  type SessionContext,
  type SessionEvent,
  type SessionState,
} from "./session-state.ts";

const always: SessionContext = { ...context, stepUp: "always" };
const ask: SessionContext = { ...context, stepUp: "ask" };

const become = (state: SessionState, event: SessionEvent, circumstances: SessionContext): SessionState =>
  nextSession(state, event, circumstances)[0];

const ticket: SessionEvent = { t: "ticket", signInTicket: "ticket", take: null };
const along: SessionEvent = { t: "decided", take: "along" };
const nothing: SessionEvent = { t: "decided", take: "nothing" };

const phase = { kind: "open", contact: { id: "v", platformKey: "v", name: "v" }, verified: false } as const;
const here: SessionState = { ...anonymous, phase };
const handing = become(here, login("ada.1"), always);
const asked = become(here, login("ada.1"), ask);
const byTicket = become(here, ticket, always);
const before = become(here, { t: "signIn" }, ask);
const later = become(here, login("ada.1"), { ...ask, visible: false });
const signedInLater = become(later, entered("ada", true, "later"), ask);
const takingLater = become(signedInLater, along, ask);

describe("always", () => {
  test.each<[string, SessionState, SessionEvent, string]>([
    [
      "keeps the conversation in sight, cut off",
      here,
      login("ada.1"),
      "open awaits session, disconnect, authenticating, enter",
    ],
    [
      "does so for the sign-in window too",
      here,
      ticket,
      "open awaits session, disconnect, authenticating, enter",
    ],
    [
      "carries what is not stored over into a conversation of another number",
      handing,
      entered("ada", true, "done"),
      "open, carryOver, announce, adopt, authenticated, result",
    ],
    [
      "says that messages stay behind where the handover is refused",
      handing,
      entered("ada", true, "refused"),
      "open, carryOver, announce, adopt, leftBehind, authenticated, result",
    ],
    [
      "waits for the network with everything in sight",
      handing,
      refused("network", true),
      "open awaits retry, authError, result, retryLater",
    ],
    [
      "hides all where the token is refused",
      handing,
      refused("signature_invalid"),
      "failed, authError, result",
    ],
    [
      "is hidden while a handover that is under way is overtaken",
      handing,
      login("bob.1"),
      "opening awaits session, disconnect, authenticating, enter",
    ],
    [
      "hears no revocation of the visitor's session, which ends with the handover",
      handing,
      { t: "revoked" },
      "open awaits session",
    ],
    [
      "hears no logout of the visitor in another tab",
      handing,
      { t: "elsewhere", contactId: "v" },
      "open awaits session",
    ],
    [
      "goes back to the visitor where a ticket opens nothing",
      byTicket,
      refused("token_replayed"),
      "open (over) awaits session, authError, enter",
    ],
    ["leaves nothing at logout", handing, logout, "loggedOut, tearDown, loggedOut, signOut"],
    ["never steps down", open, { t: "wanted" }, "open"],
    [
      "needs a conversation in memory, or hides what there is",
      visitor,
      login("ada.1"),
      "opening awaits session, tearDown, authenticating, enter",
    ],
  ])("%s", (_, state, event, expected) => {
    expect(outcome(state, event, always)).toBe(expected);
  });

  test("keeps a conversation of the same number as it is", () => {
    const answer = entered("ada", true, "done");
    const same = { ...session("ada"), conversation: session("v").conversation };
    expect(outcome(handing, { ...answer, session: same } as SessionEvent, always)).toBe(
      "open, announce, adopt, authenticated, result",
    );
  });

  test("is not bothered with an empty conversation", () => {
    expect(become(here, login("ada.1"), { ...always, hasWords: false }).handover).toBe("none");
  });

  test("hands over what the browser has stored, at the start", () => {
    expect(
      become(visitor, { t: "start", identity: { contactJwt: "ada.1" }, request: 1 }, always).handover,
    ).toBe("granted");
  });
});

describe("ask", () => {
  test.each<[string, SessionState, SessionEvent, string]>([
    ["cuts off, asks, and enters nothing", here, login("ada.1"), "open awaits answer, disconnect"],
    ["waits for the answer to the same login", asked, login("ada.1"), "open awaits answer"],
    ["asks anew for another login", asked, login("bob.1"), "open awaits answer, disconnect"],
    ["takes along", asked, along, "open awaits session, disconnect, authenticating, enter"],
    [
      "leaves behind, out of sight",
      asked,
      nothing,
      "opening awaits session, disconnect, authenticating, enter",
    ],
    ["keeps asking whatever the customer does", asked, { t: "acted" }, "open awaits answer"],
    ["keeps asking when the panel is opened again", asked, { t: "wanted" }, "open awaits answer"],
    ["keeps asking where the visitor's session ends", asked, { t: "revoked" }, "open awaits answer"],
    ["ends with a logout", asked, logout, "loggedOut, tearDown, loggedOut, signOut"],
    ["has nothing to decide where nobody asked", open, along, "open"],
    [
      "signs in first where the panel is closed; other tabs keep the visitor",
      later,
      entered("ada", true, "later"),
      "open, setAside, adopt, authenticated, result",
    ],
    [
      "then opens a session that takes along",
      signedInLater,
      along,
      "open (over) awaits session, disconnect, enter",
    ],
    ["then ends the visitor's", signedInLater, nothing, "open, endVisitor"],
    [
      "carries over what was written since",
      takingLater,
      entered("ada", true, "done"),
      "open, carryOver, adopt, authenticated",
    ],
    [
      "goes on as the customer where that is refused",
      takingLater,
      refused("token_expired"),
      "open (over) awaits session, takeUp, leftBehind, enter",
    ],
    [
      "offers the next customer nothing",
      become(signedInLater, login("bob.1"), ask),
      entered("bob", true, "later"),
      "open, tearDown, announce, loggedOut, endVisitor, adopt, authenticated, result",
    ],
  ])("%s", (_, state, event, expected) => {
    expect(outcome(state, event, ask)).toBe(expected);
  });

  test("is open while it waits for the answer, and when the customer comes to the panel", () => {
    expect([asked, signedInLater].map(questionOf)).toEqual(["signingIn", "signedIn"]);
    expect([here, handing, later, takingLater, become(signedInLater, nothing, ask)].map(questionOf)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe("the messenger's own window", () => {
  const back = (take: "along" | "nothing" | null): SessionEvent => ({ ...ticket, take }) as SessionEvent;

  test.each<[string, SessionState, SessionEvent, string]>([
    ["asks before it opens, with the session going on", here, { t: "signIn" }, "open"],
    ["then opens in the same turn", before, along, "open, openSignIn"],
    ["whatever the answer is", before, nothing, "open, openSignIn"],
    ["or not at all", before, { t: "putOff" }, "open"],
    ["has nothing to ask of a customer", open, { t: "signIn" }, "open, openSignIn"],
    [
      "closes the messenger where somebody signs in already",
      asked,
      { t: "putOff" },
      "open awaits answer, closeRequested",
    ],
    ["takes along", here, back("along"), "open awaits session, disconnect, authenticating, enter"],
    [
      "leaves behind, out of sight",
      here,
      back("nothing"),
      "opening awaits session, disconnect, authenticating, enter",
    ],
    ["asks where it did not before", here, back(null), "open awaits answer, disconnect"],
    [
      "knows a customer from a visitor",
      open,
      back("along"),
      "opening awaits session, disconnect, authenticating, enter",
    ],
    ["is forgotten at a login of the page", before, login("ada.1"), "open awaits answer, disconnect"],
    ["is forgotten at a logout", before, logout, "loggedOut, tearDown, loggedOut, signOut"],
  ])("%s", (_, state, event, expected) => {
    expect(outcome(state, event, ask)).toBe(expected);
  });

  test.each([
    ["always", ask.hasWords],
    ["never", ask.hasWords],
    ["ask", false],
  ] as const)("opens at once where the policy is %s and words: %s", (stepUp, hasWords) => {
    expect(outcome(here, { t: "signIn" }, { ...ask, stepUp, hasWords })).toBe("open, openSignIn");
  });

  test("goes on asking while the visitor's own session is renewed, and not where it is another", () => {
    const resting = become(before, { t: "expired" }, { ...ask, visible: false });
    const renewing = become(resting, { t: "acted" }, ask);
    expect(renewing.attempt.awaits).toBe("session");
    expect(
      [renewing, become(renewing, entered("v", false), ask), become(renewing, entered("w", false), ask)].map(
        questionOf,
      ),
    ).toEqual(["beforeSignIn", "beforeSignIn", null]);
    expect(outcome(renewing, back("along"), ask)).toBe(
      "open (over) awaits session, disconnect, authenticating, enter",
    );
  });

  test("is asked for once, and as the visitor", () => {
    expect(
      [before, become(before, along, ask), become(before, { t: "putOff" }, ask)].map(questionOf),
    ).toEqual(["beforeSignIn", null, null]);
    expect([before.claim, before.session?.contact.verified]).toEqual([null, false]);
  });
});

describe("silent renewal", () => {
  const silent: SessionState = { ...open, session: { ...session("ada"), silentRenewal: true } };
  const renewing: SessionState = { ...silent, attempt: { ...idle, by: "silence", awaits: "session" } };
  const absolutely = session("ada").absoluteExpiresAt;

  test.each<[string, SessionState, SessionEvent, string]>([
    ["asks nobody", silent, { t: "expiring", expiresAt: absolutely }, "open awaits session, enter"],
    ["lets the idle end come", silent, { t: "expiring", expiresAt: at }, "open"],
    [
      "asks the page where the provider gives no more",
      renewing,
      refused("oidc_exchange_failed"),
      "open awaits token, tokenExpiring, ask",
    ],
    ["is tried again in silence", renewing, refused("network", true), "open awaits retry, retryLater"],
    [
      "goes the loud way once the session is over",
      { ...renewing, life: "over" },
      refused("oidc_exchange_failed"),
      "open (over) awaits session, enter",
    ],
    [
      "asks the page after that",
      {
        ...renewing,
        life: "over",
        attempt: { ...idle, by: "retry", awaits: "session", refusal: failure("token_expired") },
      },
      refused("token_replayed"),
      "open (over) awaits token, ask",
    ],
  ])("%s", (_, state, event, expected) => {
    expect(outcome(state, event)).toBe(expected);
  });

  test("is not tried twice for one end", () => {
    const [state] = nextSession({ ...renewing, life: "over" }, refused("session_revoked"), context);
    expect(state.attempt.by).toBe("retry");
  });
});
