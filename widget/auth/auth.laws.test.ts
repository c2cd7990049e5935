import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { IdentityToken } from "./auth-provider.ts";
import { setUp } from "./fixtures/host-page.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Calls of the page, tokens that arrive and answers of the frame, in any order and any number of times. */
const history = fc.array(
  fc.record({ t: fc.constantFrom("login", "logout", "tokenFound", "answered"), nth: fc.nat(6) }),
  { maxLength: 25 },
);

/** Plays it; token and identity of the n-th call are named by n. */
async function play(steps: readonly { readonly t: string; readonly nth: number }[]) {
  const stage = setUp();
  const tokens: (() => void)[] = [];
  const asserted: (string | null)[] = [];
  let last = "";
  for (const step of steps) {
    if (step.t === "login") {
      const contactJwt = `${tokens.length}`;
      const found = new Promise<IdentityToken>((resolve) => tokens.push(() => resolve({ contactJwt })));
      stage.auth.login({ getToken: () => found }).catch(() => {});
    } else if (step.t === "logout") stage.auth.logout().catch(() => {});
    else if (step.t === "tokenFound") tokens[step.nth]?.();
    else if (step.t === "answered")
      stage.accept([...stage.requests("login"), ...stage.requests("logout")][step.nth]);
    if (isCall(step)) last = step.t;
    await stage.settle();
    const { identity } = stage.auth.resume();
    asserted.push(identity && "contactJwt" in identity ? identity.contactJwt : null);
  }
  return { ...stage, tokens, asserted, last };
}

test("law: once the last call has its token, it alone decides who is asserted", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const { auth, settle, tokens, last } = await play(steps);
      tokens.at(-1)?.();
      await settle();
      if (last === "logout") expect(auth.resume().identity).toBeNull();
      const messages = auth.resume().messages;
      if (last === "login" && messages[0]?.t !== "logout")
        expect(auth.resume().identity).toEqual({ contactJwt: `${tokens.length - 1}` });
    }),
  );
});

test("law: only a login whose token came while it was the last call is ever asserted, and nobody after a logout", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const { asserted } = await play(steps);
      const early = new Set<number>();
      let newest = -1;
      let known: string | null = null;
      for (const [index, step] of steps.entries()) {
        if (step.t === "logout") known = null;
        if (step.t === "login") newest++;
        const isCurrent = step.t === "login" || steps.slice(0, index).findLast(isCall)?.t === "login";
        if (step.t === "tokenFound" && step.nth <= newest) early.add(step.nth);
        if (isCurrent && early.has(newest)) known = `${newest}`;
        expect([null, known]).toContain(asserted[index] ?? null);
      }
    }),
  );
});

/** Everything that can happen on the host page, in any order and any number of times. */
const interleaving = fc.array(
  fc.record({
    t: fc.constantFrom(
      "login",
      "loginAsked",
      "logout",
      "renew",
      "recheck",
      "register",
      "filesLoad",
      "tokenFound",
      "answered",
      "authenticated",
      "loggedOut",
      "later",
    ),
    nth: fc.nat(7),
  }),
  { maxLength: 40 },
);

/**
 * Every token says which call was the last one when the page was asked for it. The page's functions answer in any order,
 * with a token or with nobody, or fail.
 */
async function live(steps: readonly { readonly t: string; readonly nth: number }[]) {
  const stage = setUp();
  const { auth, posted, loadQuestions, requests } = stage;
  const late: { token: string; call: number }[] = [];
  const settled: boolean[] = [];
  const questions: ((how: number) => void)[] = [];
  let calls = 0;
  let asks = 0;
  let checked = 0;
  const token = () => ({ contactJwt: `${calls} ${asks++}` });
  const getToken = () => {
    const fresh = token();
    return new Promise<IdentityToken | null>((resolve, reject) =>
      questions.push((how) => (how === 0 ? resolve(null) : how === 1 ? reject(new Error()) : resolve(fresh))),
    );
  };
  const load = loadQuestions.getMockImplementation();
  const files: (() => void)[] = [];
  loadQuestions.mockImplementation(async () => {
    await new Promise<void>((resolve) => files.push(resolve));
    return (load as NonNullable<typeof load>)();
  });
  const call = (promise: Promise<unknown>) => {
    const number = settled.push(false) - 1;
    const settle = () => {
      settled[number] = true;
    };
    promise.then(settle, settle);
  };
  /** A call begins, and from this very moment no token of an earlier one may pass. */
  const begin = () => {
    check();
    calls++;
  };
  function check(): void {
    for (const message of posted.slice(checked)) {
      const identity = message.t === "login" || message.t === "token" ? message.identity : null;
      if (!identity || !("contactJwt" in identity)) continue;
      const [of] = identity.contactJwt.split(" ");
      if (Number(of) !== calls) late.push({ token: identity.contactJwt, call: calls });
    }
    checked = posted.length;
  }
  const acts: Record<string, (nth: number) => unknown> = {
    login: () => {
      begin();
      call(auth.login(token()));
    },
    loginAsked: () => {
      begin();
      call(auth.login({ getToken }));
    },
    logout: () => {
      begin();
      call(auth.logout());
    },
    renew: (nth) => auth.hear({ t: "tokenWanted", ask: nth, reason: nth % 2 ? "expired" : "rejected" }),
    recheck: () => {
      void auth.recheck();
    },
    register: (nth) => {
      stage.page.provider = nth % 2 ? { getToken } : null;
      void auth.start();
    },
    filesLoad: () => {
      for (const resolve of files.splice(0)) resolve();
    },
    tokenFound: (nth) => questions[nth]?.(nth % 3),
    answered: (nth) => stage.accept([...requests("login"), ...requests("logout")][nth]),
    authenticated: () => stage.authenticate("ada"),
    loggedOut: () => auth.hear({ t: "loggedOut", reason: "elsewhere" }),
    later: (nth) => vi.advanceTimersByTimeAsync(nth * 300),
  };
  for (const { t, nth } of steps) {
    await acts[t]?.(nth);
    // Now and then two things fall into one turn of the event loop.
    if (nth % 2) await stage.settle();
    check();
  }
  /** The world comes to rest: files load, the page answers, the frame answers. */
  for (let round = 0; round < 4; round++) {
    acts.filesLoad?.(0);
    await stage.settle();
    for (const answer of questions) answer(2);
    await vi.advanceTimersByTimeAsync(5_000);
    for (const request of [...requests("login"), ...requests("logout")]) stage.accept(request);
    await stage.settle();
    check();
  }
  return { ...stage, late, settled };
}

test("law: whatever falls between what, no token of an older call is asserted after a newer one", async () => {
  await fc.assert(
    fc.asyncProperty(interleaving, async (steps) => {
      expect((await live(withoutImplicitCalls(steps))).late).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("law: every call settles", async () => {
  await fc.assert(
    fc.asyncProperty(interleaving, async (steps) => {
      expect((await live(steps)).settled.every(Boolean)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("law: after the last call, a logout, nobody is asserted, whatever comes late", async () => {
  await fc.assert(
    fc.asyncProperty(interleaving, interleaving, async (before, after) => {
      const late = after.filter(({ t }) => !t.startsWith("log") && t !== "register");
      const { auth } = await live([...before, { t: "logout", nth: 0 }, ...late]);
      expect(auth.resume().identity).toBeNull();
    }),
    { numRuns: 200 },
  );
});

/** A page that comes back or registers a plug-in makes calls of its own, whose tokens this test can't number. */
const withoutImplicitCalls = (steps: readonly { readonly t: string; readonly nth: number }[]) =>
  steps.filter(({ t }) => t !== "recheck" && t !== "register");

const isCall = ({ t }: { readonly t: string }): boolean => t === "login" || t === "logout";
