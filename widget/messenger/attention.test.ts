import { beforeEach, expect, test } from "vitest";
import { attend, hiddenMs } from "./attention.ts";
import { type FakeTime, fakeTime } from "./fixtures/fake-time.ts";

class FakeDocument extends EventTarget {
  hidden = false;
}

let time: FakeTime;
let aheadMs: number;
let told: string[];
let window: EventTarget;
let document: FakeDocument;
let network: EventTarget;

beforeEach(() => {
  time = fakeTime();
  aheadMs = 0;
  told = [];
  window = new EventTarget();
  document = new FakeDocument();
  network = new EventTarget();
});

function start(): void {
  attend(
    { acted: () => told.push("acted"), woken: () => told.push("woken"), tell: (event) => told.push(event) },
    { after: time.after, clock: { now: () => time.clock.now() + aheadMs } },
    { window, document, network },
  );
}

function look(hidden: boolean): void {
  document.hidden = hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}

test("lets the connection go once nobody has looked for a while, and takes it up when somebody does", async () => {
  start();
  look(true);
  await time.pass(hiddenMs - 1);
  expect(told).toEqual([]);
  await time.pass(1);
  expect(told).toEqual(["rest"]);
  look(false);
  await time.pass(2 * hiddenMs);
  expect(told).toEqual(["rest", "woken"]);
});

test("keeps it where somebody looks again soon; and goes on letting go where a session is renewed behind", async () => {
  start();
  look(true);
  await time.pass(hiddenMs - 1);
  look(false);
  await time.pass(1);
  look(true);
  await time.pass(2 * hiddenMs);
  expect(told).toEqual(["woken", "rest", "rest"]);
});

test("counts for a page that was opened in the background as well", async () => {
  document.hidden = true;
  start();
  await time.pass(hiddenMs);
  expect(told).toEqual(["rest"]);
});

test.each<[string, () => EventTarget, string]>([
  ["online", () => window, "woken"],
  ["offline", () => window, "offline"],
  ["pageshow", () => window, "woken"],
  ["change", () => network, "woken"],
  ["keydown", () => window, "acted"],
])("tells of %s", (type, target, expected) => {
  start();
  target().dispatchEvent(new Event(type));
  expect(told).toEqual([expected]);
});

test("notices that the device slept, or its clock was set, while somebody looks", async () => {
  start();
  await time.pass(60_000);
  expect(told).toEqual([]);
  aheadMs = 3_600_000;
  await time.pass(10_000);
  expect(told).toEqual(["woken"]);
  aheadMs = -3_600_000;
  await time.pass(10_000);
  await time.pass(10_000);
  expect(told).toEqual(["woken", "woken"]);
  document.hidden = true;
  aheadMs = 0;
  await time.pass(10_000);
  expect(told).toHaveLength(2);
});
