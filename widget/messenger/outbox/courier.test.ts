import { beforeEach, describe, expect, test } from "vitest";
import type { ClientFrame } from "../../../shared/protocol.ts";
import { type FakeTime, fakeTime } from "../fixtures/fake-time.ts";
import { type Courier, createCourier } from "./courier.ts";

let time: FakeTime;
let sent: string[];
let up: boolean;
let courier: Courier;

const lines = () => courier.outbox.value.map(({ text, status, code }) => `${text} ${code ?? status}`);

beforeEach(() => {
  time = fakeTime();
  sent = [];
  up = true;
  let ids = 0;
  courier = createCourier({ ...time, uuid: () => `id-${++ids}` }, (frame: ClientFrame) => {
    if (up && frame.t === "send") sent.push(`${frame.id} ${frame.text}`);
    return up;
  });
  courier.turn("here");
});

describe("the outbox", () => {
  test("sends one message at a time, in the order written", () => {
    for (const text of ["one", "two", "three"]) courier.write(text);
    expect(sent).toEqual(["id-1 one"]);
    courier.stored("id-1");
    courier.stored("id-2");
    expect(sent).toEqual(["id-1 one", "id-2 two", "id-3 three"]);
  });

  test("shows a stored message until it stands in the conversation", () => {
    courier.write("one");
    courier.stored("id-1");
    expect(lines()).toEqual(["one sending"]);
    courier.shown("id-1");
    expect(lines()).toEqual([]);
  });

  test("leaves a stored message to the next connection, which brings it with what was missed", () => {
    courier.write("one");
    courier.write("two");
    courier.stored("id-1");
    courier.linkUp();
    expect(lines()).toEqual(["two sending"]);
    expect(sent).toEqual(["id-1 one", "id-2 two", "id-2 two"]);
  });

  test("goes on where the conversation shows a message before its acknowledgement comes", () => {
    courier.write("one");
    courier.write("two");
    courier.shown("id-1");
    expect(sent).toEqual(["id-1 one", "id-2 two"]);
  });

  test("sends what was on its way again under its id, before anything else", () => {
    courier.write("one");
    up = false;
    courier.write("two");
    up = true;
    courier.linkUp();
    expect(sent).toEqual(["id-1 one", "id-1 one"]);
  });

  test("repeats a message that a live connection never answered", async () => {
    courier.write("one");
    await time.pass(10_000);
    expect(sent).toEqual(["id-1 one", "id-1 one"]);
  });

  test("does not send a stored message again while it is not shown yet", () => {
    courier.write("one");
    courier.stored("id-1");
    courier.linkUp();
    expect(sent).toEqual(["id-1 one"]);
  });

  test.each([
    ["rate_limited", 3000, 3000],
    ["unavailable", undefined, 2000],
    ["session_expired", undefined, 2000],
  ] as const)("tries again by itself after %s, and lets nothing overtake", async (code, asked, ms) => {
    courier.write("one");
    courier.write("two");
    courier.refused("id-1", code, asked);
    courier.write("three");
    await time.pass(ms - 1);
    expect([sent, lines()]).toEqual([["id-1 one"], ["one sending", "two sending", "three sending"]]);
    await time.pass(1);
    expect(sent).toEqual(["id-1 one", "id-1 one"]);
  });

  test.each([
    ["message_too_long", false],
    ["message_conflict", false],
    ["attachment_refused", false],
    ["forbidden", true],
  ] as const)("leaves %s to the customer (retryable: %s), and sends the next", (code, retryable) => {
    courier.write("one");
    courier.write("two");
    courier.refused("id-1", code, undefined);
    expect(courier.outbox.value[0]).toMatchObject({ status: "failed", code, retryable });
    expect(sent).toEqual(["id-1 one", "id-2 two"]);
  });

  test("retries and discards failed messages, and those only", () => {
    courier.write("one");
    courier.discard("id-1");
    courier.retry("id-1");
    expect([sent, lines()]).toEqual([["id-1 one"], ["one sending"]]);
    courier.refused("id-1", "forbidden", undefined);
    courier.retry("id-1");
    expect([sent, lines()]).toEqual([["id-1 one", "id-1 one"], ["one sending"]]);
    courier.refused("id-1", "forbidden", undefined);
    courier.discard("id-1");
    expect(lines()).toEqual([]);
  });

  test("keeps a retried message at its place, and lets it wait for the one on its way", () => {
    courier.write("one");
    courier.write("two");
    courier.write("three");
    courier.refused("id-1", "forbidden", undefined);
    courier.retry("id-1");
    expect([sent, lines()]).toEqual([
      ["id-1 one", "id-2 two"],
      ["one sending", "two sending", "three sending"],
    ]);
    courier.stored("id-2");
    courier.stored("id-1");
    expect(sent).toEqual(["id-1 one", "id-2 two", "id-1 one", "id-3 three"]);
  });

  test("keeps what is written without a connection, and sends it in order with the next", () => {
    up = false;
    courier.write("one");
    courier.write("two");
    expect([sent, lines()]).toEqual([[], ["one sending", "two sending"]]);
    up = true;
    courier.linkUp();
    courier.shown("id-1");
    expect(sent).toEqual(["id-1 one", "id-2 two"]);
  });

  test("leaves out the answer to a message that is not on its way", () => {
    courier.write("one");
    courier.write("two");
    courier.stored("id-1");
    courier.refused("id-1", "forbidden", undefined);
    expect(lines()).toEqual(["one sending", "two sending"]);
  });

  test("sends nothing while it is another tab's turn, and then what was left unanswered", () => {
    courier.write("one");
    courier.turn("elsewhere");
    courier.write("two");
    courier.linkUp();
    expect(sent).toEqual(["id-1 one"]);
    courier.turn("here");
    expect(sent).toEqual(["id-1 one", "id-1 one"]);
  });

  test("takes no more than a hundred: what does not fit stays with its writer", () => {
    up = false;
    const taken = Array.from({ length: 101 }, (_, count) => courier.write(`text ${count}`));
    expect(taken.indexOf(false)).toBe(100);
    expect(courier.outbox.value).toHaveLength(100);
  });
});
