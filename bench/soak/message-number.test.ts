import fc from "fast-check";
import { expect, test } from "vitest";
import { uuidPattern } from "../../shared/ids.ts";
import { idOf, indexOf, messageNumber, numberIn, numberOf, textOf, writerOf } from "./message-number.ts";

/** Three hexadecimal digits of an id. */
const mostWriters = 0x1000;
const anywhere = fc.record({
  place: fc.record({ round: fc.integer({ min: 0, max: 2 ** 32 - 1 }), conversation: fc.nat(0xffff) }),
  writer: fc.nat(mostWriters - 1),
  index: fc.nat(),
});

test("an id tells its message, in its own conversation only", () => {
  fc.assert(
    fc.property(anywhere, ({ place, writer, index }) => {
      const message = messageNumber(writer, index);
      const id = idOf(place, message);
      expect(id).toMatch(uuidPattern);
      expect(numberOf(place, id)).toBe(message);
      expect([writerOf(message), indexOf(message)]).toEqual([writer, index]);
      expect(numberOf({ ...place, conversation: place.conversation ^ 1 }, id)).toBeNull();
      expect(numberOf({ ...place, round: place.round ^ 1 }, id)).toBeNull();
    }),
  );
});

test("what is no id of ours is no message", () => {
  const place = { round: 1, conversation: 1 };
  for (const id of ["", "0199aa00-0000-7000-8000-000000000000", "zzz"])
    expect(numberOf(place, id)).toBeNull();
});

test("a text tells its message as well", () => {
  for (let index = 0; index < 20; index++) {
    const message = messageNumber(0x400, index);
    expect(numberIn(textOf(message))).toBe(message);
  }
  expect(numberIn("Hello")).toBeNull();
});

test("no two messages have the same text", () => {
  const texts = Array.from({ length: 500 }, (_, index) => textOf(messageNumber(index % 3, index)));
  expect(new Set(texts).size).toBe(texts.length);
});
