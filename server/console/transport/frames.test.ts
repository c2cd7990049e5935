import fc from "fast-check";
import { expect, test } from "vitest";
import { parseFrame } from "./frames.ts";

test("known frames are read, and what they lack makes them unknown", () => {
  expect(parseFrame('{"t":"pong"}')).toEqual({ t: "pong" });
  expect(
    parseFrame('{"t":"typing","conversationId":"c","by":"contact","name":null,"on":true}'),
  ).toMatchObject({
    on: true,
  });
  for (const text of [
    '{"t":"ack","id":"1"}',
    '{"t":"message","conversationId":"c","message":null}',
    '{"t":"toString"}',
  ])
    expect(parseFrame(text)).toBeNull();
});

test("nothing that arrives makes the reader throw", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseFrame(text)));
  expect(parseFrame(new Blob())).toBeNull();
});
