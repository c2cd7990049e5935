import { describe, expect, it } from "vitest";
import { grace, noon, pending, said, threadOf } from "../fixtures/fake-model.ts";
import { layOut, type Row } from "./rows.ts";

const minute = 60_000;

/** `2^` opens a group, `2$` closes one, `2!` says how far it came. */
const sketch = (rows: readonly Row[]) =>
  rows.flatMap(({ id, seq, newDay, isNew, first, last, showStatus }) => [
    ...(newDay ? ["day"] : []),
    ...(isNew ? ["divider"] : []),
    `${seq ?? id}${first ? "^" : ""}${last ? "$" : ""}${showStatus ? "!" : ""}`,
  ]);

/** Nothing is newer than this. */
const never = Number.POSITIVE_INFINITY;

const lay = (...entries: Parameters<typeof threadOf>[0]) => sketch(layOut(threadOf(entries), never));

describe("groups", () => {
  it("hold one author's messages together", () => {
    expect(lay(grace(1, "a"), grace(2, "b"), said({ seq: 3, text: "c" }), grace(4, "d"))).toEqual([
      "day",
      "1^",
      "2$",
      "3^$!",
      "4^$",
    ]);
  });

  it("part after five minutes, and at midnight", () => {
    expect(lay(grace(1, "a", noon), grace(2, "b", noon + 5 * minute))).toEqual(["day", "1^$", "2^$"]);
    const midnight = new Date(noon).setHours(24, 0, 0, 0);
    expect(lay(grace(1, "a", midnight - minute), grace(2, "b", midnight))).toEqual([
      "day",
      "1^$",
      "day",
      "2^$",
    ]);
  });

  it("part between two agents, and around what the system says", () => {
    expect(lay(grace(1, "a"), said({ seq: 2, text: "b", by: "agent", name: "Lin" }))).toEqual([
      "day",
      "1^$",
      "2^$",
    ]);
    const system = said({ seq: 2, text: "closed", by: "system" });
    expect(lay(grace(1, "a"), system, grace(3, "b"))).toEqual(["day", "1^$", "2^$", "3^$"]);
  });
});

describe("the status", () => {
  it("stands on the last own message before someone else speaks, also over pauses", () => {
    const own = (seq: number, at: number) => said({ seq, text: "x", at });
    expect(lay(own(1, noon), own(2, noon + 60 * minute), grace(3, "y", noon + 120 * minute))).toEqual([
      "day",
      "1^$",
      "2^$!",
      "3^$",
    ]);
  });

  it("of a message from others tells whether this customer has read it", () => {
    const rows = layOut(threadOf([grace(1, "a"), grace(2, "b")], { readSeq: 1 }), never);
    expect(rows.map(({ status }) => status)).toEqual(["read", "delivered"]);
  });
});

describe("the line before what is new", () => {
  const entries = [grace(1, "a"), said({ seq: 2, text: "b" }), grace(3, "c"), grace(4, "d")];

  it("parts a group and stands before the first message of someone else", () => {
    expect(sketch(layOut(threadOf(entries), 1))).toEqual(["day", "1^$", "2^$!", "divider", "3^", "4$"]);
    expect(sketch(layOut(threadOf(entries), 3))).toEqual(["day", "1^$", "2^$!", "3^$", "divider", "4^$"]);
  });

  it("is not drawn where nothing is new, or everything", () => {
    expect(sketch(layOut(threadOf(entries), 4))).not.toContain("divider");
    expect(sketch(layOut(threadOf(entries), 0))).not.toContain("divider");
  });

  it("goes once the customer has answered, which a message that failed has not", () => {
    const reply = (rest: Parameters<typeof pending>[2]) =>
      sketch(layOut(threadOf([...entries, pending("p", "e", rest)]), 1));
    expect(reply({ status: "failed" })).toContain("divider");
    expect(reply({ status: "sending" })).not.toContain("divider");
    const stored = threadOf([...entries, said({ seq: 5, text: "e" })]);
    expect(sketch(layOut(stored, 1))).not.toContain("divider");
  });

  it("is drawn above all where older messages are still to come", () => {
    const unread = threadOf([grace(3, "c"), grace(4, "d")], { hasOlder: true });
    expect(sketch(layOut(unread, 0))).toEqual(["day", "divider", "3^", "4$"]);
  });
});

it("a message keeps its id when it leaves the outbox", () => {
  const [before] = layOut(threadOf([pending("message-1", "Hello")]), never);
  const [after] = layOut(threadOf([said({ seq: 1, text: "Hello" })]), never);
  expect(before?.id).toBe(after?.id);
});
