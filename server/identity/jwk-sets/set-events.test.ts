import { expect, it } from "vitest";
import { setEvents } from "./set-events.ts";
import { afterFailure, afterSuccess, type SetState } from "./set-state.ts";

const unfetched: SetState = { kind: "unfetched", known: null };
const empty = afterSuccess({ keys: new Map(), leftOut: [], fetchedAt: 0 }, 0);

it.each([
  ["was never fetched", unfetched],
  ["was empty", empty],
])("The outage of a set that %s has no key to serve meanwhile", (_, before) => {
  expect(
    setEvents("https://acme.example/jwks?key=hush", before, afterFailure(before, "It is down.", 5, 0)),
  ).toEqual([
    {
      actor: "server",
      action: "jwks.unavailable",
      target: "jwks/https://acme.example/jwks",
      detail: "It is down. No key of it is known.",
    },
  ]);
});

it("What is no address is not repeated", () => {
  const [event] = setEvents("hush", unfetched, afterFailure(unfetched, "It is down.", 5, 0));
  expect(event?.target).toBe("jwks/(no address)");
});
