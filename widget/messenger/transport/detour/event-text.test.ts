import fc from "fast-check";
import { expect, test } from "vitest";
import { createEventReader } from "./event-text.ts";

test("reads frames and the end, and leaves out comments and what it does not know", () => {
  const read = createEventReader();
  expect(read(':\n\ndata: {"t":"pong"}\n\nevent: other\ndata: x\n\nevent: close\ndata: {}\n\n')).toEqual([
    { kind: "frame", text: '{"t":"pong"}' },
    { kind: "close", text: "{}" },
  ]);
});

test.each(["\u2028", "\u2029", "\u0085"])(
  "reads a frame whose text has a line separator in it: %j",
  (text) => {
    const frame = JSON.stringify({ text });
    expect(createEventReader()(`data: ${frame}\n\n`)).toEqual([{ kind: "frame", text: frame }]);
  },
);

test("reads the same, in whatever pieces it comes", () => {
  const texts = fc.array(
    fc.string({ unit: "grapheme" }).map((text) => JSON.stringify({ text })),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(texts, fc.array(fc.nat(200), { maxLength: 20 }), (frames, cuts) => {
      const whole = frames.map((text) => `:\n\ndata: ${text}\n\n`).join("");
      const read = createEventReader();
      const places = [
        0,
        ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b),
        whole.length,
      ];
      const events = places.flatMap((place, index) => read(whole.slice(places[index - 1] ?? 0, place)));
      expect(events.map(({ text }) => text)).toEqual(frames);
    }),
  );
});
