import fc from "fast-check";
import { expect, test } from "vitest";
import { createPlaces, type Place } from "./places.ts";

test("an address holds so many at once, and another has its own", () => {
  const places = createPlaces(2);
  const held = [places.take("a"), places.take("a")];
  expect(places.take("a")).toBeNull();
  expect(places.take("b")).not.toBeNull();
  held[0]?.leave();
  expect(places.take("a")).not.toBeNull();
});

test("a place given back twice is one place", () => {
  const places = createPlaces(2);
  const place = places.take("a");
  places.take("a");
  place?.leave();
  place?.leave();
  expect(places.take("a")).not.toBeNull();
  expect(places.take("a")).toBeNull();
});

test("never more than there are, whatever the order of coming and going", () => {
  const step = fc.record({ address: fc.constantFrom("a", "b"), leaves: fc.boolean(), which: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const places = createPlaces(3);
      const held = { a: [] as Place[], b: [] as Place[] };
      for (const { address, leaves, which } of steps) {
        const mine = held[address as "a" | "b"];
        if (leaves) mine.splice(which, 1)[0]?.leave();
        else {
          const place = places.take(address);
          expect(place === null).toBe(mine.length === 3);
          if (place) mine.push(place);
        }
      }
    }),
  );
});
