import "fake-indexeddb/auto";
import { type Signal, signal } from "@preact/signals-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../shared/clock.ts";
import { fakeTime } from "../fixtures/fake-time.ts";
import type { OutboxItem } from "../outbox/courier.ts";
import { indexedDbWords } from "../outbox/indexed-db.ts";
import { browserCompanies } from "./browser-companies.ts";
import type { Company, Host } from "./company.ts";
import { openWindow } from "./message-window.ts";

/** Web Locks with nobody else: whoever asks has it, until the promise settles. */
class FakeLocks {
  readonly held = new Set<string>();

  async request(name: string, _options: object, held: () => Promise<void>): Promise<void> {
    this.held.add(name);
    await held();
    this.held.delete(name);
  }
}

let locks: FakeLocks;
let turns: string[];
let company: Company;
let outbox: Signal<readonly OutboxItem[]>;
beforeEach(async () => {
  outbox = signal([]);
  locks = new FakeLocks();
  turns = [];
  Object.defineProperty(navigator, "locks", { value: locks, configurable: true });
  const time = fakeTime();
  const host = {
    holder: { owner: "acme-web:ada", formerOwner: undefined },
    after: time.after,
    courier: { outbox, turn: (is: string) => turns.push(is), shown: () => {}, takeUp: () => {} },
    history: { window: signal(openWindow(0)), exists: () => {} },
    positions: { readSeq: signal(0), known: () => {} },
    typing: signal([]),
    isLive: signal(true),
    send: () => true,
  } as unknown as Host;
  company = browserCompanies("shared").keep(host);
  await settled();
});
afterEach(() => {
  company.leave();
  Reflect.deleteProperty(navigator, "locks");
});

const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

async function happens(type: string): Promise<readonly string[]> {
  dispatchEvent(new Event(type));
  await settled();
  return [...locks.held];
}

const lock = "vouch:outbox:acme-web:ada";

test("a tab sends under the browser's lock of its customer", () => {
  expect([...locks.held]).toEqual([lock]);
  expect(turns.at(-1)).toBe("here");
});

test.each([
  ["pagehide", "pageshow"],
  ["freeze", "resume"],
])("%s lets the lock go to other tabs, %s asks for it again", async (frozen, thawed) => {
  expect(await happens(frozen)).toEqual([]);
  expect(turns.at(-1)).toBe("elsewhere");
  expect(await happens(thawed)).toEqual([lock]);
  expect(turns.at(-1)).toBe("here");
});

test("who has left holds nothing, and listens to nothing", async () => {
  company.leave();
  await settled();
  expect([...locks.held]).toEqual([]);
  expect(await happens("pageshow")).toEqual([]);
});

test("on a shared device nothing is kept, and what was kept there before goes", async () => {
  const item: OutboxItem = {
    kind: "pending",
    id: "9b2e0d1c-6f0b-4c5e-8a4d-1d2c3b4a5f60",
    text: "A secret",
    attachments: undefined,
    writtenAt: 0,
    status: "sending",
    code: null,
    retryable: false,
  };
  const before = indexedDbWords(systemClock).open("acme-web:eve");
  await before.change(() => [item]);
  before.close();
  expect(await browserCompanies("own").hasWords("acme-web:eve")).toBe(true);
  browserCompanies("shared");
  await expect.poll(() => indexedDB.databases()).toEqual([]);
  outbox.value = [item];
  for (let turn = 0; turn < 10; turn++) await settled();
  expect(await indexedDB.databases()).toEqual([]);
});
