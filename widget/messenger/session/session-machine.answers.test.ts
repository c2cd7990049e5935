/** What the server answers: a row for each move. */

import { describe, expect, test } from "vitest";
import {
  entered,
  hidden,
  open,
  opening,
  outcome,
  refused,
  renewing,
  reopening,
  session,
} from "../fixtures/session-steps.ts";
import { idle, type SessionEvent, type SessionState } from "./session-state.ts";

describe("the session", () => {
  test.each<[string, SessionState, SessionEvent, string]>([
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
  ])("%s", (_, state, event, expected) => {
    expect(outcome(state, event)).toBe(expected);
  });
});
