import { randomFillSync } from "node:crypto";
import { expect, test } from "vitest";
import { createRandomAhead } from "./random-ahead.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("each byte that was drawn ahead is handed out once, in whatever sizes they are asked for", () => {
  const filled: string[] = [];
  const draw = createRandomAhead((into) => {
    randomFillSync(into);
    filled.push(hex(into));
  });
  const handed = Array.from({ length: 400 }, (_, index) => hex(draw(index % 2 ? 32 : 7)));
  // Sizes that do not divide what is ahead leave a rest, which is left out.
  let at = 0;
  const all = filled.join("");
  for (const drawn of handed) {
    const found = all.indexOf(drawn, at);
    expect(found).toBeGreaterThanOrEqual(at);
    at = found + drawn.length;
  }
  expect(filled).toHaveLength(2);
  expect(new Set(handed.filter(({ length }) => length === 64)).size).toBe(200);
});

test("nothing that was handed out stays behind", () => {
  let ahead = new Uint8Array();
  const draw = createRandomAhead((into) => {
    ahead = into.fill(7) as Uint8Array<ArrayBuffer>;
  });
  const drawn = draw(32);
  expect(hex(drawn)).toBe("07".repeat(32));
  expect(hex(ahead.subarray(0, 33))).toBe(`${"00".repeat(32)}07`);
});

test("all that is ahead is drawn before there is more: 128 tokens' worth, or 4 KB at once, or nothing", () => {
  let fills = 0;
  const draw = createRandomAhead(() => fills++);
  for (let tokens = 0; tokens < 128; tokens++) draw(32);
  expect(fills).toBe(1);
  expect(draw(4096)).toHaveLength(4096);
  expect(fills).toBe(2);
  expect(draw(0)).toHaveLength(0);
  expect(fills).toBe(2);
});

test("more than is ever ahead is refused, and nothing is drawn for it", () => {
  const draw = createRandomAhead(() => expect.unreachable());
  expect(() => draw(4097)).toThrow(/^4097 bytes/);
});

test.each([-32, 1.5, Number.NaN])("what is no number of bytes is refused: %d", (size) => {
  const draw = createRandomAhead();
  draw(32);
  expect(() => draw(size)).toThrow(RangeError);
  const next = hex(draw(32));
  expect(next).toHaveLength(64);
  expect(next).not.toBe("00".repeat(32));
});
