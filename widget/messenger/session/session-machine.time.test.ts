/** What time does to a session: a row for each move. */

import { describe, expect, test } from "vitest";
import {
  absolutely,
  anonymous,
  at,
  context,
  entered,
  open,
  outcome,
  over,
  renewing,
  reopening,
} from "../fixtures/session-steps.ts";
import { nextSession } from "./session-machine.ts";
import type { SessionEvent, SessionState } from "./session-state.ts";

describe("the session", () => {
  test.each<[string, SessionState, SessionEvent, string]>([
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
  ])("%s", (_, state, event, expected) => {
    expect(outcome(state, event)).toBe(expected);
  });

  test("rests where nobody can see the panel", () => {
    expect(outcome(open, { t: "expired" }, { ...context, signInRequired: true, visible: false })).toBe(
      "open (over), disconnect",
    );
  });

  test("that came back by itself comes back again only where it was used", () => {
    const [unused] = nextSession(reopening, entered("ada"), context);
    expect(outcome(unused, { t: "expired" })).toBe("open (over), disconnect");
    const [used] = nextSession(unused, { t: "acted" }, context);
    expect(outcome(used, { t: "expired" })).toBe("open (over) awaits session, disconnect, enter");
  });
});
