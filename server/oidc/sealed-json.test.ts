import * as v from "valibot";
import { expect, test } from "vitest";
import { createSealer } from "../config/secret.ts";
import { sealedJson } from "./sealed-json.ts";

const sealer = createSealer("a secret of the tests, long enough, of no value");
const one = sealedJson("one", { text: v.string() });
const other = sealedJson("other", { text: v.string() });

test("opens as what it was sealed as", () => {
  expect(one.open(sealer, one.seal(sealer, { text: "a" }))).toEqual({ text: "a" });
});

test("never opens as another kind, however alike the two are", () => {
  expect(other.open(sealer, one.seal(sealer, { text: "a" }))).toBeNull();
  expect(one.open(sealer, sealer.seal(JSON.stringify({ content: { text: "a" } })))).toBeNull();
});

test("does not open under another secret, changed, of another shape, or where it is nothing sealed", () => {
  const sealed = one.seal(sealer, { text: "a" });
  expect(one.open(createSealer("another secret of the tests, long enough"), sealed)).toBeNull();
  const shaped = sealer.seal(JSON.stringify({ kind: "one", content: { text: 1 } }));
  for (const text of [`${sealed}A`, sealed.slice(0, -2), shaped, sealer.seal("no JSON"), "", "v1.", "x"])
    expect(one.open(sealer, text)).toBeNull();
});
