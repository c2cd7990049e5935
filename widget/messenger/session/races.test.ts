/** Logins, logouts, expiry and answers in every order: the last call wins, and nothing of one is seen under another. */

import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { StepUp } from "../../../shared/protocol.ts";
import { FakeBrowser, type FakeTab, jwt } from "../fixtures/fake-browser.ts";

type Action =
  | { readonly kind: "login"; readonly who: string; readonly good: boolean }
  | { readonly kind: "logout" | "open" | "close" | "act" | "reload" | "expire" | "revoke" | "write" | "hear" }
  | { readonly kind: "answer"; readonly which: number; readonly how: "answer" | "fail" }
  | { readonly kind: "token"; readonly give: "fresh" | "none" }
  | { readonly kind: "pass"; readonly ms: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("login" as const),
      who: fc.constantFrom("ada", "bob"),
      good: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "logout" as const,
        "open" as const,
        "close" as const,
        "act" as const,
        "reload" as const,
        "expire" as const,
        "revoke" as const,
        "write" as const,
        "write" as const,
        "hear" as const,
      ),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      which: fc.nat(3),
      how: fc.constantFrom("answer" as const, "answer" as const, "answer" as const, "fail" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("token" as const),
      give: fc.constantFrom("fresh" as const, "fresh" as const, "none" as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(3000) }) },
);

/** A host page that says who is here, and knows what the messenger may show because of it. */
class Page {
  readonly browser = new FakeBrowser();
  readonly tab: FakeTab;
  /** Whom the page asserts; null: nobody. */
  who: string | null = null;
  /** Whether the last word of the page was a token that opens nothing. */
  refused = false;
  #tokens = 0;
  #words = 0;
  /** Words written before the page's last word. */
  #wordsBefore = 0;

  constructor(signIn: "required" | "optional" = "required", stepUp: StepUp = "never") {
    this.tab = this.browser.tab(signIn, { stepUp });
    this.browser.companion.holding = true;
  }

  token = (who: string): string => `${who}.${++this.#tokens}`;

  async do(step: Action): Promise<void> {
    const { tab, browser } = this;
    const { companion } = browser;
    switch (step.kind) {
      case "login":
        this.who = step.who;
        this.refused = !step.good;
        this.#wordsBefore = this.#words;
        tab.login(step.good ? this.token(step.who) : this.token("bad"));
        break;
      case "logout":
        this.who = null;
        tab.logout();
        break;
      case "open":
        tab.openPanel();
        break;
      case "close":
        tab.closePanel();
        break;
      case "act":
        tab.engine.acted();
        break;
      case "reload":
        tab.reload();
        // What the old frame had asked for never arrived; nobody could know of a session that it opened.
        for (const held of companion.held.splice(0)) held.fail();
        this.refused = false;
        await tab.start(this.who === null ? null : jwt(this.token(this.who)));
        break;
      case "expire":
        for (const token of companion.sessions.keys()) companion.expire(token);
        break;
      case "revoke":
        for (const token of companion.sessions.keys()) companion.end(token);
        break;
      case "write":
        tab.model.send(`${this.#writer()} says ${++this.#words}`);
        break;
      case "hear":
        if (this.who) companion.agentSays(this.who, `to ${this.who}`);
        break;
      case "answer":
        companion.held.splice(step.which, 1)[0]?.[step.how]();
        break;
      case "token":
        tab.say({
          t: "token",
          ask: tab.lastAsk(),
          identity: step.give === "fresh" && this.who ? jwt(this.token(this.who)) : null,
        });
        break;
      case "pass":
        await browser.time.pass(step.ms);
    }
  }

  /** What is written while a visitor signs in is the visitor's still, and goes where the visitor's words go. */
  #writer(): string | null {
    const phase = this.tab.model.session.value;
    return phase.kind === "open" && !phase.verified ? null : this.who;
  }

  /** Everything on the screen is of, or to, whom the page asserts now. */
  check(): void {
    const { model } = this.tab;
    for (const line of this.tab.lines())
      expect(line).toMatch(new RegExp(`^(${this.who} says|to ${this.who})`));
    if (this.who === null) expect(this.tab.lines()).toEqual([]);
    // What is written while it is open whether the token is good waits, and nothing else is there.
    if (this.refused)
      for (const line of this.tab.lines())
        expect([line.endsWith("(sending)"), Number(/\d+/.exec(line)?.[0]) > this.#wordsBefore]).toEqual([
          true,
          true,
        ]);
    const phase = model.session.value;
    if (phase.kind === "open" || phase.kind === "expired") expect(phase.contact.id).toBe(this.who);
  }

  /** As above, where a visitor's words may stay in sight, cut off, while somebody signs in. */
  checkWithVisitors(): void {
    const { model } = this.tab;
    for (const line of this.tab.lines())
      expect(line).toMatch(new RegExp(`^((${this.who}|null) says|to ${this.who})`));
    const phase = model.session.value;
    if (phase.kind === "open" && phase.verified) expect(phase.contact.id).toBe(this.who);
    if (phase.kind === "expired") expect(phase.contact.id).toBe(this.who);
  }

  /** The rarer ways to a session are a file of their own. That it arrives late is like an answer that does. */
  async load(): Promise<void> {
    await this.browser.time.pass(0);
    await vi.dynamicImportSettled();
  }

  /** The network works again and everything is answered. */
  async settle(): Promise<void> {
    const { companion, time } = this.browser;
    companion.holding = false;
    for (const held of companion.held.splice(0)) held.answer();
    for (let turn = 0; turn < 3; turn++) await this.load();
    await time.pass(120_000);
  }

  alive(): string[] {
    return [...this.browser.companion.sessions.values()]
      .filter(({ state }) => state === "alive")
      .map(({ contactId }) => contactId);
  }
}

test("in every order of calls and answers", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 40 }), async (steps) => {
      const page = new Page();
      await page.tab.start(null);
      for (const step of steps) {
        await page.do(step);
        page.check();
        await page.browser.time.pass(0);
        page.check();
      }
      await page.settle();
      page.check();

      // What each wrote stands in each one's conversation alone.
      for (const [contactId, messages] of page.browser.companion.conversations)
        for (const { text, author } of messages)
          if (author.kind === "contact") expect(text).toMatch(new RegExp(`^${contactId} says`));

      // Whoever is not here any more has no session left, and a logout has left nothing in storage.
      if (page.who === null) {
        expect(page.alive()).toEqual([]);
        expect([...page.tab.tabStorage.items, ...page.browser.storage.items]).toEqual([]);
      }

      // And the last word counts: whoever logs in now is here, alone.
      page.who = "eve";
      page.refused = false;
      page.tab.login(page.token("eve"));
      page.check();
      await page.settle();
      page.check();
      expect(page.tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "eve" } });
      expect(page.alive()).toEqual(["eve"]);
      const calls = page.tab.posted.flatMap((message) => (message.t === "result" ? [message.request] : []));
      expect(new Set(calls).size).toBe(calls.length);
    }),
    { numRuns: 400 },
  );
});

test.each(["always", "ask", "never"] as const)("with visitors in between, stepUp %s", async (stepUp) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(action, fc.nat(2)), { minLength: 1, maxLength: 40 }),
      async (steps) => {
        const page = new Page("optional", stepUp);
        const { tab, browser } = page;
        await tab.start(null, "open");
        for (const [step, answer] of steps) {
          await page.do(step);
          if (answer) tab.model.decide(answer === 1 ? "along" : "nothing");
          page.checkWithVisitors();
          await page.load();
          page.checkWithVisitors();
        }
        page.who = "eve";
        tab.login(page.token("eve"));
        for (const take of ["along", "nothing"] as const) {
          await page.settle();
          tab.model.decide(take);
        }
        await page.settle();
        page.checkWithVisitors();
        expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "eve" } });
        expect([page.alive(), tab.model.question.value, browser.storage.items.size]).toEqual([
          ["eve"],
          null,
          0,
        ]);
        // What a customer wrote stands in their own conversation alone; what a visitor wrote may have come along.
        for (const [contactId, messages] of browser.companion.conversations)
          for (const { text, author } of messages)
            if (author.kind === "contact") expect(text).toMatch(new RegExp(`^(${contactId}|null) says`));
      },
    ),
    { numRuns: 100 },
  );
});
