/** One table, a row for each move; long because it is the whole of it. */

import { describe, expect, test } from "vitest";
import type { OpenedSession } from "../../../shared/protocol.ts";
import { jwt } from "../fixtures/fake-browser.ts";
import { atStart, nextSession } from "./session-machine.ts";
import type { Failure, SessionEvent, SessionMachine, SessionState } from "./session-state.ts";

const at = "2026-11-21T09:30:00.000Z";

const session = (id: string, verified = true): OpenedSession => ({
  sessionToken: `session of ${id}`,
  expiresAt: at,
  absoluteExpiresAt: at,
  contact: { id, platformKey: id, name: id, verified, fields: {} },
  conversation: { id: `conversation of ${id}`, lastSeq: 0, readSeq: 0, agent: { delivered: 0, read: 0 } },
});

const failure = (code: Failure["code"], retryable = false): Failure => ({
  code,
  message: "Why.",
  retryable,
  retryAfterMs: null,
});

const claim = jwt("ada.1");
const opening: SessionState = {
  kind: "opening",
  claim,
  by: "start",
  previous: null,
  requests: [1],
  refusal: null,
};
const open: SessionState = { kind: "open", claim, session: session("ada"), acted: true, step: "none" };
const dormant = (step: "resting" | "reopening" | "failed" | "refused"): SessionState => ({
  kind: "dormant",
  claim,
  session: session("ada"),
  step,
});
const failed = (retryable: boolean): SessionState => ({
  kind: "failed",
  claim,
  previous: session("ada"),
  failure: failure("network", retryable),
});
const loggedOut: SessionState = { kind: "loggedOut" };
const visitor: SessionState = { kind: "visitor" };

const machine = (state: SessionState): SessionMachine => ({ generation: 7, refusals: 0, state });

function outcome(
  state: SessionState,
  event: SessionEvent,
  context = { signInRequired: false, visible: true },
) {
  const step = nextSession(machine(state), event, context);
  const { kind } = step.machine.state;
  const detail = "step" in step.machine.state ? `${kind}/${step.machine.state.step}` : kind;
  return [detail, ...step.effects.map((effect) => effect.t)].join(", ");
}

describe("the session", () => {
  test.each<[string, SessionState, SessionEvent, string]>([
    [
      "is not opened for a visitor at the start",
      visitor,
      { t: "start", identity: null, request: 1 },
      "visitor, endSignedIn, result",
    ],
    [
      "is opened for an identity at the start",
      visitor,
      { t: "start", identity: claim, request: 1 },
      "opening, tearDown, authenticating, enter",
    ],
    ["is opened for a visitor who wants to talk", visitor, { t: "wanted" }, "opening, tearDown, enter"],
    ["is opened for a visitor again after a logout", loggedOut, { t: "wanted" }, "opening, tearDown, enter"],
    ["is there already", open, { t: "login", identity: claim, request: 2 }, "open/none, result"],
    ["is on its way already", opening, { t: "login", identity: claim, request: 2 }, "opening"],
    [
      "is hidden and cut off while it is open whose it is",
      open,
      { t: "login", identity: jwt("ada.2"), request: 2 },
      "opening, disconnect, authenticating, enter",
    ],
    [
      "ends before anything else where it was a visitor's",
      { ...open, claim: null, session: session("v", false) },
      { t: "login", identity: claim, request: 2 },
      "opening, tearDown, forget, revoke, announce, tearDown, authenticating, enter",
    ],
    [
      "overtakes an earlier login",
      opening,
      { t: "login", identity: jwt("bob.1"), request: 2 },
      "opening, result, tearDown, authenticating, enter",
    ],
    [
      "ends at logout",
      open,
      { t: "logout", everywhere: false, request: 2 },
      "loggedOut, tearDown, announce, loggedOut, signOut",
    ],
    [
      "is not waited for at logout",
      opening,
      { t: "logout", everywhere: false, request: 2 },
      "loggedOut, result, tearDown, loggedOut, signOut",
    ],
    [
      "may be ended twice",
      loggedOut,
      { t: "logout", everywhere: false, request: 2 },
      "loggedOut, tearDown, signOut",
    ],
    [
      "is adopted and announced",
      opening,
      { t: "entered", generation: 7, claim, session: session("ada") },
      "open/none, adopt, authenticated, result",
    ],
    [
      "is renewed in silence",
      { ...open, step: "renewing" },
      { t: "entered", generation: 7, claim, session: session("ada") },
      "open/none, adopt",
    ],
    [
      "of a visitor is adopted in silence",
      { ...opening, claim: null, requests: [] },
      { t: "entered", generation: 7, claim: null, session: session("v", false) },
      "open/none, adopt",
    ],
    [
      "is ended where nobody waits for it any more",
      loggedOut,
      { t: "entered", generation: 6, claim, session: session("ada") },
      "loggedOut, revoke",
    ],
    [
      "of another person throws away the one before",
      dormant("reopening"),
      { t: "entered", generation: 7, claim, session: session("bob") },
      "open/none, tearDown, forget, revoke, announce, loggedOut, adopt, authenticated",
    ],
    [
      "lets a stale refusal pass",
      opening,
      { t: "refused", generation: 6, failure: failure("token_expired") },
      "opening",
    ],
    [
      "asks for another token at the start",
      opening,
      { t: "refused", generation: 7, failure: failure("token_expired") },
      "opening, tokenWanted",
    ],
    [
      "does not ask where the fault would stay",
      opening,
      { t: "refused", generation: 7, failure: failure("identity_missing") },
      "failed, authError, result",
    ],
    [
      "does not ask after login()",
      { ...opening, by: "login" },
      { t: "refused", generation: 7, failure: failure("token_expired") },
      "failed, authError, result",
    ],
    [
      "tries again where it may help",
      opening,
      { t: "refused", generation: 7, failure: failure("network", true) },
      "failed, authError, result, retryLater",
    ],
    [
      "tries again in silence",
      { ...opening, by: "retry", requests: [] },
      { t: "refused", generation: 7, failure: failure("network", true) },
      "failed, retryLater",
    ],
    [
      "gives way to another identity",
      { ...opening, previous: session("ada") },
      { t: "refused", generation: 7, failure: failure("identity_changed") },
      "opening, tearDown, forget, revoke, announce, loggedOut, enter",
    ],
    [
      "gives way to another identity in a renewal",
      { ...open, step: "renewing" },
      { t: "refused", generation: 7, failure: failure("identity_changed") },
      "opening, tearDown, forget, revoke, announce, loggedOut, authenticating, enter",
    ],
    [
      "goes on where a renewal fails",
      { ...open, step: "renewing" },
      { t: "refused", generation: 7, failure: failure("token_expired") },
      "open/none, authError",
    ],
    [
      "is not renewed by a token that answers another question",
      { ...open, step: "renewing" },
      { t: "token", ask: 6, identity: jwt("ada.2") },
      "open/renewing",
    ],
    [
      "is not renewed by a token that nobody asked for",
      open,
      { t: "token", ask: 7, identity: jwt("ada.2") },
      "open/none",
    ],
    [
      "is renewed by the same token too",
      { ...open, step: "renewing" },
      { t: "token", ask: 7, identity: claim },
      "open/renewing, enter",
    ],
    [
      "goes on without a token until it expires",
      { ...open, step: "renewing" },
      { t: "token", ask: 7, identity: null },
      "open/none",
    ],
    [
      "asks for a token before its absolute end",
      open,
      { t: "expiring", expiresAt: at },
      "open/renewing, tokenExpiring, tokenWanted",
    ],
    [
      "does not ask twice at once",
      { ...open, step: "renewing" },
      { t: "expiring", expiresAt: at },
      "open/renewing",
    ],
    [
      "of a visitor can't be renewed",
      { ...open, claim: null },
      { t: "expiring", expiresAt: at },
      "open/none",
    ],
    [
      "comes back at once for someone who uses it",
      open,
      { t: "expired" },
      "dormant/reopening, disconnect, enter",
    ],
    [
      "rests where nobody used it",
      { ...open, acted: false },
      { t: "expired" },
      "dormant/resting, disconnect",
    ],
    [
      "keeps waiting for its renewal",
      { ...open, step: "renewing" },
      { t: "expired" },
      "dormant/reopening, disconnect",
    ],
    [
      "keeps waiting for its renewal in doubt",
      { ...open, step: "renewing" },
      { t: "doubted" },
      "dormant/reopening, disconnect",
    ],
    ["wakes when the customer acts", dormant("resting"), { t: "acted" }, "dormant/reopening, enter"],
    ["wakes once", dormant("reopening"), { t: "acted" }, "dormant/reopening"],
    ["rests through a retry that is not its own", dormant("resting"), { t: "retry" }, "dormant/resting"],
    ["is tried again", dormant("failed"), { t: "retry" }, "dormant/reopening, enter"],
    [
      "asks for a token where the old one is refused",
      dormant("reopening"),
      { t: "refused", generation: 7, failure: failure("token_expired") },
      "dormant/reopening, authError, tokenWanted",
    ],
    [
      "waits for the network",
      dormant("reopening"),
      { t: "refused", generation: 7, failure: failure("network", true) },
      "dormant/failed, retryLater",
    ],
    [
      "fails where the place is closed",
      dormant("reopening"),
      { t: "refused", generation: 7, failure: failure("deployment_inactive") },
      "failed, authError",
    ],
    [
      "is over where the page has no token",
      dormant("reopening"),
      { t: "token", ask: 7, identity: null },
      "dormant/refused, tokenExpired",
    ],
    [
      "is over where the page has only the refused one",
      dormant("reopening"),
      { t: "token", ask: 7, identity: claim },
      "dormant/refused, tokenExpired",
    ],
    [
      "asks once more when the panel is opened",
      dormant("refused"),
      { t: "wanted" },
      "dormant/reopening, tokenWanted",
    ],
    ["does not ask at every key", dormant("refused"), { t: "acted" }, "dormant/refused"],
    ["is checked when in doubt", open, { t: "doubted" }, "open/checking, check"],
    [
      "is connected again when it is good",
      { ...open, step: "checking" },
      { t: "alive" },
      "open/none, reconnect",
    ],
    ["that was revoked leaves nothing", open, { t: "revoked" }, "loggedOut, tearDown, forget, loggedOut"],
    [
      "ends with a logout in another tab",
      open,
      { t: "elsewhere", contactId: "ada" },
      "loggedOut, tearDown, forget, loggedOut, revoke",
    ],
    [
      "ends in hiding with a logout in another tab",
      failed(false),
      { t: "elsewhere", contactId: "ada" },
      "loggedOut, tearDown, forget, loggedOut, revoke",
    ],
    [
      "has nothing to do with a logout of somebody else",
      open,
      { t: "elsewhere", contactId: "bob" },
      "open/none",
    ],
    [
      "is newer than a logout in another tab",
      { ...opening, previous: session("ada") },
      { t: "elsewhere", contactId: "ada" },
      "opening",
    ],
    ["is tried again by the customer", failed(false), { t: "retry" }, "opening, enter"],
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
      "opening, enter",
    ],
    ["has nothing to try again", loggedOut, { t: "retry" }, "loggedOut"],
    ["needs no waking", open, { t: "wanted" }, "open/none"],
  ])("%s", (_, state, event, expected) => {
    expect(outcome(state, event)).toBe(expected);
  });

  test("rests where nobody can see the panel", () => {
    expect(outcome(open, { t: "expired" }, { signInRequired: true, visible: false })).toBe(
      "dormant/resting, disconnect",
    );
  });

  test("is not opened for visitors where signing in is required", () => {
    expect(outcome(visitor, { t: "wanted" }, { signInRequired: true, visible: true })).toBe("visitor");
  });

  test("begins with nobody", () => {
    expect(atStart.state).toEqual(visitor);
  });
});
