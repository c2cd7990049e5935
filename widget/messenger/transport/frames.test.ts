import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ServerFrame } from "../../../shared/protocol.ts";
import { parseServerFrame } from "./frames.ts";

const message = {
  id: "1",
  seq: 1,
  author: { kind: "agent", name: null },
  text: "Hello",
  attachments: [],
  at: "2026-11-21T09:30:00.000Z",
  verified: true,
} as const;

const frames: readonly ServerFrame[] = [
  {
    t: "ready",
    conversationId: "c",
    lastSeq: 4,
    readSeq: 2,
    agent: { delivered: 3, read: 1 },
    heartbeatMs: 9000,
  },
  { t: "message", conversationId: "c", message },
  { t: "ack", id: "1", seq: 1, at: "2026-11-21T09:30:00.000Z" },
  { t: "refused", id: "1", code: "rate_limited", detail: "Slower.", retryAfterMs: 500 },
  { t: "receipt", conversationId: "c", by: "agent", kind: "read", seq: 4 },
  { t: "typing", conversationId: "c", by: "agent", name: null, on: true },
  { t: "session", state: "revoked", expiresAt: "2026-11-21T09:30:00.000Z" },
  { t: "pong" },
  { t: "draining", reconnectInMs: 500 },
];

describe("a frame of the server", () => {
  test.each(frames.map((frame) => [frame.t, frame] as const))("%s is read as it is", (_, frame) => {
    expect(parseServerFrame(JSON.stringify(frame))).toEqual(frame);
  });

  test("may say more than this build knows", () => {
    expect(parseServerFrame('{"t":"pong","later":true}')).toEqual({ t: "pong", later: true });
  });

  test.each([
    "",
    "<html>",
    "null",
    "[]",
    '"pong"',
    '{"t":"invented"}',
    '{"t":"toString"}',
    '{"t":"__proto__"}',
    '{"t":7}',
    '{"t":"message","message":{"seq":"1"}}',
    '{"t":"ready","heartbeatMs":9000}',
    '{"t":"receipt","by":"agent","kind":"read","seq":-1}',
  ])("%s is none", (text) => {
    expect(parseServerFrame(text)).toBeNull();
  });

  test("never throws, whatever arrives", () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .tuple(fc.constantFrom(...frames.map(({ t }) => t)), fc.dictionary(fc.string(), fc.jsonValue()))
        .map(([t, rest]) => JSON.stringify({ ...rest, t })),
    );
    fc.assert(
      fc.property(anything, (text) => {
        parseServerFrame(text);
      }),
      { numRuns: 500 },
    );
  });
});
