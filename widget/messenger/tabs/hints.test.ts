import { beforeEach, describe, expect, test } from "vitest";
import { FakeShelf } from "../fixtures/fake-company.ts";
import { type FakeTime, fakeTime } from "../fixtures/fake-time.ts";
import { createHints, type Hints } from "./hints.ts";

let shelf: FakeShelf;
let time: FakeTime;
let heard: string[];

const channel = () => shelf.parts(new AbortController().signal).openChannel();
const tab = (name: string, owner = "acme-web:ada"): Hints =>
  createHints(channel(), owner, time.after, {
    outbox: () => heard.push(`${name}: outbox`),
    reached: ({ lastSeq, readSeq }) => heard.push(`${name}: ${lastSeq} ${readSeq}`),
  });

beforeEach(() => {
  shelf = new FakeShelf();
  time = fakeTime();
  heard = [];
});

describe("hints", () => {
  test("reach the other tabs of the same owner, and nobody else", async () => {
    const one = tab("one");
    tab("two");
    tab("bob", "acme-web:bob");
    one.outbox();
    one.reached({ lastSeq: 3, readSeq: 1 });
    await time.pass(100);
    expect(heard).toEqual(["two: outbox", "two: 3 1"]);
  });

  test("of a burst are one, of what is known none, and none comes back to who said it", async () => {
    const [one, two] = [tab("one"), tab("two")];
    for (let lastSeq = 1; lastSeq <= 5; lastSeq++) one.reached({ lastSeq, readSeq: 0 });
    await time.pass(1000);
    two.reached({ lastSeq: 5, readSeq: 0 });
    one.reached({ lastSeq: 4, readSeq: 0 });
    await time.pass(1000);
    expect(heard).toEqual(["two: 5 0"]);
  });

  test("are of the expected form or not heard", async () => {
    tab("one");
    const stranger = channel();
    const owner = "acme-web:ada";
    for (const data of [
      null,
      "ada",
      {},
      { owner: 1 },
      { owner, reached: null },
      { owner, reached: { lastSeq: "9" } },
    ])
      stranger?.postMessage(data);
    await time.pass(1000);
    expect(heard).toEqual([]);
  });

  test("say whose and how far, and nothing else", async () => {
    const spy: unknown[] = [];
    channel()?.addEventListener("message", ({ data }) => spy.push(data));
    const one = tab("one");
    one.outbox();
    one.reached({ lastSeq: 3, readSeq: 1 });
    await time.pass(100);
    expect(spy).toEqual([
      { owner: "acme-web:ada" },
      { owner: "acme-web:ada", reached: { lastSeq: 3, readSeq: 1 } },
    ]);
  });

  test("cost nothing where the browser has no channels", () => {
    const none = createHints(undefined, "acme-web:ada", time.after, { outbox() {}, reached() {} });
    none.outbox();
    none.reached({ lastSeq: 1, readSeq: 1 });
    none.leave();
  });
});
