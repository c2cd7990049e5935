/** Whatever happens to the tabs, the network, the server and the storage: each word is stored once, in order, or has visibly failed. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FakeBrowser, type FakeTab, jwt } from "./fixtures/fake-browser.ts";

/** `tab`: 0, 1 or 2; each of them is opened when it is first spoken of. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("write" as const), tab: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("burst" as const), tab: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(12_000) }) },
  ...(["crash", "reload", "freeze", "thaw", "retry", "discard"] as const).map((kind) => ({
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant(kind), tab: fc.nat(2) }),
  })),
  ...(["cut", "mend", "mute", "speak", "refuse", "accept", "fill", "empty", "expire"] as const).map(
    (kind) => ({
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant(kind) }),
    }),
  ),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

class Run {
  readonly browser = new FakeBrowser();
  readonly #tabs: (FakeTab | undefined)[] = [];
  readonly #frozen = new Set<FakeTab>();
  /** In the order written; unique. */
  readonly written: string[] = [];
  /** Refused once, given up, or in memory only: their place is not where they were written, or the tab took them along. */
  readonly strayed = new Set<string>();
  #tokens = 1;

  stored(): string[] {
    return this.browser.companion.messages("ada").map(({ text }) => text);
  }

  async tab(which: number): Promise<FakeTab> {
    const known = this.#tabs[which];
    if (known) return known;
    const tab = this.browser.tab();
    this.#tabs[which] = tab;
    await this.#begin(tab);
    return tab;
  }

  async #begin(tab: FakeTab): Promise<void> {
    await tab.start(jwt(`ada.${this.#tokens}`), "open");
    await this.browser.time.pass(100);
  }

  #write(tab: FakeTab): void {
    const text = `text ${this.written.length}`;
    const { length } = tab.lines();
    tab.model.send(text);
    // Nobody is here to write as, or the conversation is hidden while it opens.
    if (tab.lines().length === length + 1) this.written.push(text);
  }

  /** What only memory holds goes with the tab. */
  #forsaken(tab: FakeTab): void {
    const kept = this.browser.shelf.texts()["acme-web:ada"] ?? [];
    for (const { text } of pendingOf(tab)) if (!kept.includes(text)) this.strayed.add(text);
  }

  /** Also of what is refused in a tab that is frozen, or closed before anybody looked. */
  note(): void {
    const { shelf } = this.browser;
    const kept = shelf.words.get("acme-web:ada") ?? [];
    const seen = [...kept, ...this.#tabs.flatMap((tab) => (tab ? pendingOf(tab) : []))];
    for (const { text, status } of seen) if (status === "failed") this.strayed.add(text);
    if (shelf.room === "full") for (const tab of this.#tabs) if (tab) this.#forsaken(tab);
  }

  async play(action: Step): Promise<void> {
    const { companion, shelf, time } = this.browser;
    const { sockets } = companion;
    const tab = "tab" in action ? await this.tab(action.tab) : null;
    switch (action.kind) {
      case "write":
        if (tab) this.#write(tab);
        // Kept, before anything else can happen to the tab.
        await time.pass(0);
        break;
      case "burst":
        if (tab) for (let count = 0; count < 3; count++) this.#write(tab);
        await time.pass(0);
        break;
      case "pass":
        await time.pass(action.ms);
        break;
      case "crash":
        if (!tab) break;
        this.#forsaken(tab);
        tab.end();
        this.#tabs[action.tab] = undefined;
        await time.pass(0);
        break;
      case "reload":
        if (!tab) break;
        this.#forsaken(tab);
        tab.reload();
        await this.#begin(tab);
        break;
      case "freeze":
        tab?.freeze();
        if (tab) this.#frozen.add(tab);
        break;
      case "thaw":
        tab?.thaw();
        break;
      case "retry":
      case "discard": {
        const failed = tab && pendingOf(tab).find(({ status }) => status === "failed");
        if (!failed) break;
        if (action.kind === "retry") tab.model.retry(failed.id);
        else if (tab.model.discard(failed.id)) this.strayed.add(failed.text);
        await time.pass(0);
        break;
      }
      case "cut":
        companion.network = "down";
        for (const socket of sockets) socket.close(1006);
        break;
      case "mend":
        companion.network = "up";
        break;
      case "mute":
      case "speak":
        companion.mute = action.kind === "mute";
        break;
      case "refuse":
        companion.refuse = () => ({ code: "forbidden" });
        break;
      case "accept":
        companion.refuse = null;
        break;
      case "fill":
      case "empty":
        shelf.room = action.kind === "fill" ? "full" : "enough";
        break;
      case "expire":
        companion.expiredIdentityTokens.add(`ada.${this.#tokens++}`);
        for (const [token, { state }] of companion.sessions) if (state === "alive") companion.expire(token);
        await time.pass(0);
    }
    this.note();
  }

  /** All is well again, and everybody is signed in. */
  async end(): Promise<FakeTab[]> {
    for (const kind of ["mend", "speak", "accept", "empty"] as const) await this.play({ kind });
    for (const tab of this.#frozen) tab.thaw();
    await this.tab(0);
    const tabs = this.#tabs.filter((tab) => tab !== undefined);
    for (const tab of tabs) {
      // Written before anybody knew as whom, and overtaken by a login that may be somebody else's: nobody's.
      if (tab.model.session.peek().kind === "opening")
        for (const { text } of pendingOf(tab)) this.strayed.add(text);
      tab.login(`ada.${this.#tokens}`);
      await this.browser.time.pass(0);
      tab.engine.woken();
    }
    await this.browser.time.pass(120_000);
    return tabs;
  }
}

const pendingOf = (tab: FakeTab) =>
  tab.model.thread.peek().entries.flatMap((entry) => (entry.kind === "pending" ? [entry] : []));

async function hold(steps: readonly Step[], locks: "with locks" | "without locks"): Promise<void> {
  const run = new Run();
  if (locks === "without locks") run.browser.shelf.withoutLocks();
  for (const action of steps) await run.play(action);
  const tabs = await run.end();
  const stored = run.stored();
  // Exactly once.
  expect(new Set(stored).size).toBe(stored.length);
  for (const tab of tabs) {
    const pending = pendingOf(tab);
    // Nothing waits for ever: it is stored, or its writer is told.
    expect(pending.map(({ text, status }) => `${text} ${status}`)).toEqual(
      pending.map(({ text }) => `${text} failed`),
    );
    expect(tab.lines().filter((line) => line.endsWith("(sent)"))).toEqual(
      stored.map((text) => `${text}(sent)`),
    );
    const here = [...stored, ...pending.map(({ text }) => text)];
    expect(here).toEqual(expect.arrayContaining(run.written.filter((text) => !run.strayed.has(text))));
  }
  // In the order written, whichever tab they were written in.
  const straight = (texts: readonly string[]) => texts.filter((text) => !run.strayed.has(text));
  expect(straight(stored)).toEqual(straight(run.written));
  // What is kept is what is shown as failed.
  const [first] = tabs;
  expect(run.browser.shelf.texts()["acme-web:ada"] ?? []).toEqual(
    first ? pendingOf(first).map(({ text }) => text) : [],
  );
}

describe("in every order of events", { timeout: 300_000 }, () => {
  test.each(["with locks", "without locks"] as const)(
    "each word is stored once and in order, or has visibly failed, %s",
    async (locks) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => hold(steps, locks)),
        { numRuns: 300 },
      );
    },
  );
});
