import fc from "fast-check";
import { expect, test } from "vitest";
import type { AuthEvent, AuthState } from "./auth-state.ts";
import { asserted, nextAuthState, visitor } from "./auth-state.ts";

const ada = { contactJwt: "ada" };
const bob = { contactJwt: "bob" };

const after = (...events: AuthEvent[]): AuthState => events.reduce(nextAuthState, visitor);
const loggedIn = (call: number, identity = ada): AuthEvent[] => [
  { t: "login", call },
  { t: "tokenFound", call, identity },
  { t: "settled", call },
];

test("a login asserts its identity from the moment the token is there", () => {
  expect(asserted(after({ t: "login", call: 1 }))).toBeNull();
  expect(asserted(after({ t: "login", call: 1 }, { t: "tokenFound", call: 1, identity: ada }))).toEqual(ada);
  expect(after(...loggedIn(1))).toEqual({ kind: "signedIn", identity: ada });
});

test("a login without a token leaves who was there", () => {
  expect(after({ t: "login", call: 1 }, { t: "settled", call: 1 })).toEqual(visitor);
  expect(after(...loggedIn(1), { t: "login", call: 2 }, { t: "settled", call: 2 })).toEqual({
    kind: "signedIn",
    identity: ada,
  });
});

test("a failed login after a logout does not make the page's old variables count again", () => {
  const state = after(
    ...loggedIn(1),
    { t: "logout", call: 2 },
    { t: "settled", call: 2 },
    { t: "login", call: 3 },
    { t: "settled", call: 3 },
  );
  expect(state).toEqual({ kind: "signedOut", because: "ended" });
});

test("the end of the session before does not end the login under way", () => {
  const state = after(
    ...loggedIn(1),
    { t: "login", call: 2 },
    { t: "tokenFound", call: 2, identity: bob },
    { t: "ended", reason: "elsewhere" },
    { t: "settled", call: 2 },
  );
  expect(state).toEqual({ kind: "signedIn", identity: bob });
});

test("where the session before ends meanwhile, a login without a token does not bring it back", () => {
  const state = after(
    ...loggedIn(1),
    { t: "login", call: 2 },
    { t: "ended", reason: "elsewhere" },
    { t: "settled", call: 2 },
  );
  expect(state).toEqual({ kind: "signedOut", because: "ended" });
});

test("a logout elsewhere signs out, a switch does not", () => {
  expect(after(...loggedIn(1), { t: "ended", reason: "elsewhere" }).kind).toBe("signedOut");
  expect(after(...loggedIn(1), { t: "ended", reason: "switch" }).kind).toBe("signedIn");
});

test("a renewed token is the one that a reloaded frame is told", () => {
  const fresh = { contactJwt: "ada, later" };
  expect(asserted(after(...loggedIn(1), { t: "renewed", identity: fresh }))).toEqual(fresh);
  expect(asserted(after({ t: "renewed", identity: fresh }))).toBeNull();
});

/** Calls in order 1, 2, 3 …; answers to any of them, any number of times, in any order. */
const history = fc
  .array(
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom("login" as const, "logout" as const).map((t) => ({ t })) },
      fc.record({ t: fc.constant("tokenFound" as const), call: fc.nat(8) }),
      fc.record({ t: fc.constant("settled" as const), call: fc.nat(8) }),
    ),
    { maxLength: 30 },
  )
  .map((steps) => {
    let calls = 0;
    return steps.map((step): AuthEvent => {
      if (!("call" in step)) return { t: step.t, call: ++calls };
      return step.t === "tokenFound" ? { ...step, identity: { contactJwt: `of call ${step.call}` } } : step;
    });
  });

test("law: once the last call is answered, it alone decides who is asserted", () => {
  fc.assert(
    fc.property(history, (events) => {
      const last = events.findLast((event) => event.t === "login" || event.t === "logout");
      if (!last || !("call" in last)) return;
      const { call } = last;
      const state = events
        .concat(
          { t: "tokenFound", call, identity: { contactJwt: `of call ${call}` } },
          { t: "settled", call },
        )
        .reduce(nextAuthState, visitor);
      const alreadySettledWithoutToken = settledBeforeToken(events, call);
      if (last.t === "logout") expect(asserted(state)).toBeNull();
      else if (!alreadySettledWithoutToken)
        expect(asserted(state)).toEqual({ contactJwt: `of call ${call}` });
    }),
  );
});

test("law: while a logout is the last call, nobody is asserted, whatever arrives", () => {
  fc.assert(
    fc.property(history, (events) => {
      const answers = events.filter(({ t }) => t === "tokenFound" || t === "settled");
      const all: AuthEvent[] = [...events, { t: "logout", call: 99 }, ...answers];
      expect(asserted(all.reduce(nextAuthState, visitor))).toBeNull();
    }),
  );
});

test("law: an identity is asserted only for a call that was made, and never one that a later token replaced", () => {
  fc.assert(
    fc.property(history, (events) => {
      let state: AuthState = visitor;
      let newest = 0;
      for (const event of events) {
        const before = asserted(state);
        state = nextAuthState(state, event);
        const now = asserted(state);
        if (event.t === "login" || event.t === "logout") newest = event.call;
        // Somebody new is asserted only by the newest call.
        if (now && JSON.stringify(now) !== JSON.stringify(before))
          expect(now).toEqual({ contactJwt: `of call ${newest}` });
      }
    }),
  );
});

function settledBeforeToken(events: readonly AuthEvent[], call: number): boolean {
  const made = events.findIndex((event) => event.t === "login" && event.call === call);
  const rest = events.slice(made + 1).filter((event) => "call" in event && event.call === call);
  return rest[0]?.t === "settled";
}
