import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSealer } from "./secret.ts";

const sealer = createSealer("a master key for the tests, 32 characters or more");

describe("A sealed text", () => {
  it("opens to what was sealed, and shows nothing of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const sealed = sealer.seal(text);
        expect(sealed).toMatch(/^v1\.[A-Za-z0-9_-]+$/);
        expect(sealer.open(sealed)).toBe(text);
      }),
    );
  });

  it("is another text each time", () => {
    expect(sealer.seal("secret")).not.toBe(sealer.seal("secret"));
  });

  it("does not open once it is changed or cut, nor under another secret", () => {
    const sealed = sealer.seal("secret");
    const flip = sealed.endsWith("A") ? "Q" : "A";
    const other = createSealer("another master key for the tests, 32 characters or more");
    for (const open of [
      () => sealer.open(sealed.slice(0, -1) + flip),
      () => sealer.open(`${sealed.slice(0, 5)}${sealed[5] === "A" ? "B" : "A"}${sealed.slice(6)}`),
      () => sealer.open(sealed.slice(0, -4)),
      () => sealer.open("v1."),
      () => sealer.open(sealed.replace("v1.", "v2.")),
      () => sealer.open(""),
      () => other.open(sealed),
    ])
      expect(open).toThrow(/VOUCH_SECRET/);
  });
});

describe("A sealer that knows the former secret", () => {
  const former = createSealer("a former master key for the tests, 32 characters or more");
  const turned = createSealer(
    "a master key for the tests, 32 characters or more",
    "a former master key for the tests, 32 characters or more",
  );

  it("opens what was sealed under either, and seals under the current one", () => {
    expect(turned.open(former.seal("old"))).toBe("old");
    expect(turned.open(sealer.seal("new"))).toBe("new");
    expect(sealer.open(turned.seal("text"))).toBe("text");
    expect(() => former.open(turned.seal("text"))).toThrow(/VOUCH_SECRET/);
  });

  it("renews what is old, and leaves alone what is current and what it can't open", () => {
    const old = former.seal("text");
    expect(sealer.open(turned.renew(old))).toBe("text");
    const current = sealer.seal("text");
    const foreign = createSealer("somebody else's master key, 32 characters or more").seal("text");
    for (const sealed of [current, foreign, "damaged"]) expect(turned.renew(sealed)).toBe(sealed);
    expect(sealer.renew(old)).toBe(old);
  });

  it("names the key that seals, and the former, alike for everybody who knows the secret, and by no part of either", () => {
    expect(turned.keyIds).toEqual([...sealer.keyIds, ...former.keyIds]);
    expect(new Set(turned.keyIds).size).toBe(2);
    for (const id of turned.keyIds) expect(id).toMatch(/^[\w-]{12}$/);
  });
});
