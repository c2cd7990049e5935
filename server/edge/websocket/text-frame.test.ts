import type { Writable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as ws from "ws";
import { payloadOf, textFrame } from "./text-frame.ts";

/** What the library's own reader takes a frame for; its types leave the reader out. */
function read(frame: Buffer): string[] {
  const texts: string[] = [];
  const receiver: Writable = new (Reflect.get(ws, "Receiver"))({ isServer: false });
  receiver.on("message", (data: Buffer, isBinary: boolean) => {
    texts.push(isBinary ? "binary" : data.toString());
  });
  receiver.on("error", (error: Error) => texts.push(error.message));
  receiver.write(frame);
  return texts;
}

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])(
  "a text of %i bytes is one whole frame",
  (length) => {
    const text = "x".repeat(length);
    expect(read(textFrame(text))).toEqual([text]);
    expect(payloadOf(textFrame(text)).toString()).toBe(text);
  },
);

test("any text is read as it was written", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
      expect(read(textFrame(text))).toEqual([text]);
    }),
  );
});
