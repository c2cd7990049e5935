import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAgentFrame, parseClientFrame } from "./client-frames.ts";

const client = (frame: unknown) => parseClientFrame(JSON.stringify(frame), 8);
const agent = (frame: unknown) => parseAgentFrame(JSON.stringify(frame), 8);

describe("a customer's frame", () => {
  test.each([
    { t: "auth", token: "x" },
    { t: "auth", token: "x", afterSeq: 0 },
    { t: "send", id: "1", text: "" },
    { t: "send", id: "1", text: "hi", attachments: [] },
    { t: "read", seq: 3 },
    { t: "delivered", seq: 3 },
    { t: "typing", on: false },
    { t: "ping" },
  ])("is read as it is: %j", (frame) => {
    expect(client(frame)).toEqual(frame);
  });

  test("keeps nothing it does not know", () => {
    expect(client({ t: "read", seq: 1, conversationId: "other", verified: true })).toEqual({
      t: "read",
      seq: 1,
    });
  });

  test.each([
    null,
    [],
    "ping",
    {},
    { t: "nope" },
    { t: ["ping"] },
    { t: "auth" },
    { t: "auth", token: 1 },
    { t: "auth", token: "x", afterSeq: -1 },
    { t: "auth", token: "x", afterSeq: "3" },
    { t: "auth", token: "x", afterSeq: 1.5 },
    { t: "send", id: 1, text: "x" },
    { t: "send", id: "1" },
    { t: "send", id: "1", text: "x", attachments: [1] },
    { t: "send", id: "1", text: "x", attachments: "a" },
    { t: "read", seq: 2 ** 60 },
    { t: "typing", on: "yes" },
  ])("that is not of the protocol is none: %j", (frame) => {
    expect(client(frame)).toBeNull();
  });
});

describe("an agent's frame", () => {
  test.each([
    { t: "auth", token: "x" },
    { t: "send", conversationId: "c", id: "1", text: "hi" },
    { t: "read", conversationId: "c", seq: 1 },
    { t: "typing", conversationId: "c", on: true },
    { t: "ping" },
  ])("is read as it is: %j", (frame) => {
    expect(agent(frame)).toEqual(frame);
  });

  test.each([
    { t: "send", id: "1", text: "hi" },
    { t: "read", seq: 1 },
    { t: "typing", conversationId: 1, on: true },
    { t: "nope", conversationId: "c" },
  ])("without its conversation, or of no kind, is none: %j", (frame) => {
    expect(agent(frame)).toBeNull();
  });
});

test("no text makes the parser throw", () => {
  const nearFrame = fc.record({
    t: fc.constantFrom("auth", "send", "read", "delivered", "typing", "ping", "__proto__", "toString"),
    token: fc.anything(),
    id: fc.anything(),
    text: fc.anything(),
    seq: fc.anything(),
    on: fc.anything(),
    conversationId: fc.anything(),
    attachments: fc.anything(),
  });
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    nearFrame.map((frame) => safeText(frame)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      parseClientFrame(text, 8);
      parseAgentFrame(text, 8);
    }),
  );
});

function safeText(frame: unknown): string {
  try {
    return JSON.stringify(frame, (_, value) => (typeof value === "bigint" ? Number(value) : value));
  } catch {
    return "";
  }
}
