import { describe, expect, test } from "vitest";
import type { ServerFrame } from "../../../../shared/protocol.ts";
import { newsOf, nothingTold, type Told } from "./poll-news.ts";

const ready = (change: Partial<Extract<ServerFrame, { t: "ready" }>> = {}): ServerFrame => ({
  t: "ready",
  conversationId: "c",
  lastSeq: 4,
  readSeq: 2,
  agent: { delivered: 1, read: 0 },
  heartbeatMs: 9000,
  ...change,
});
const online: ServerFrame = { t: "presence", online: true };
const closed: ServerFrame = { t: "state", conversationId: "c", state: "closed" };
const expiring: ServerFrame = { t: "session", state: "expiring", expiresAt: "2026-11-21T10:00:00.000Z" };

/** What each of the polls tells, by kind. */
function told(...polls: readonly (readonly ServerFrame[])[]): string[][] {
  let before: Told = nothingTold(3);
  return polls.map((poll, index) => {
    const news = newsOf(before, poll, index === 0);
    before = news.told;
    return news.frames.map((frame) => JSON.stringify(frame));
  });
}

const json = (...frames: readonly object[]): string[] => frames.map((frame) => JSON.stringify(frame));

describe("what a poll tells", () => {
  test("begins the connection with the first, and says nothing where nothing is new", () => {
    expect(told([ready(), online], [ready(), online], [ready(), online])).toEqual([
      json(ready(), online),
      [],
      [],
    ]);
  });

  test("of positions that moved between polls are the receipts that a socket would have told", () => {
    const moved = ready({ readSeq: 4, agent: { delivered: 4, read: 3 } });
    expect(told([ready()], [moved], [moved])).toEqual([
      json(ready()),
      json(
        { t: "receipt", conversationId: "c", by: "contact", kind: "read", seq: 4 },
        { t: "receipt", conversationId: "c", by: "agent", kind: "delivered", seq: 4 },
        { t: "receipt", conversationId: "c", by: "agent", kind: "read", seq: 3 },
      ),
      [],
    ]);
  });

  test("once was told by a receipt is not told again by the next poll", () => {
    const receipt = { t: "receipt", conversationId: "c", by: "agent", kind: "delivered", seq: 4 } as const;
    const after = ready({ agent: { delivered: 4, read: 0 } });
    expect(told([ready()], [ready(), receipt], [after])[2]).toEqual([]);
  });

  test("is also what holds no more: nobody at the desk, the conversation open again", () => {
    expect(told([ready(), online, closed], [ready()], [ready()])).toEqual([
      json(ready(), online, closed),
      json({ t: "presence", online: false }, { t: "state", conversationId: "c", state: "open" }),
      [],
    ]);
  });

  test("of the session's expiry is told once, however many polls lie between", () => {
    expect(told([ready()], [ready(), expiring], [ready()], [ready(), expiring])).toEqual([
      json(ready()),
      json(expiring),
      [],
      [],
    ]);
  });
});
