/** What the page and the customer say, and what other tabs do: a row for each move. */

import { describe, expect, test } from "vitest";
import { jwt } from "../fixtures/fake-browser.ts";
import {
  anonymous,
  asked,
  askedAgain,
  claim,
  context,
  expired,
  failed,
  failure,
  hidden,
  loggedOut,
  login,
  logout,
  open,
  opening,
  outcome,
  over,
  renewing,
  reopening,
  token,
  visitor,
} from "../fixtures/session-steps.ts";
import { atStart, nextSession } from "./session-machine.ts";
import { idle, type SessionEvent, type SessionState } from "./session-state.ts";

describe("the session", () => {
  test.each<[string, SessionState, SessionEvent, string]>([
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
    ["ends at logout", open, logout, "loggedOut, tearDown, loggedOut, signOut"],
    ["is not waited for at logout", opening, logout, "loggedOut, tearDown, loggedOut, signOut"],
    ["may be ended twice", loggedOut, logout, "loggedOut, tearDown, signOut"],

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
      "expired (over), tokenExpired, authError",
    ],
    [
      "is over where the page has only the refused one",
      askedAgain,
      token(claim),
      "expired (over), tokenExpired, authError",
    ],
    [
      "is not opened where the page has no better token",
      asked(opening, failure("token_expired")),
      token(null),
      "failed, authError, result",
    ],

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

  test("is not opened for visitors where signing in is required", () => {
    const required = { ...context, signInRequired: true, visible: true };
    expect(outcome(atStart(required), { t: "wanted" }, required)).toBe("signInRequired");
    expect(outcome(loggedOut, { t: "wanted" }, required)).toBe("loggedOut");
  });

  test("makes every earlier answer stale at each claim and at a logout", () => {
    for (const event of [login("bob.1"), logout])
      for (const state of [opening, renewing, askedAgain])
        expect(nextSession(state, event, context)[0].generation).toBeGreaterThan(state.generation);
  });
});
