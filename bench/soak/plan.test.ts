import { expect, test } from "vitest";
import { catalogue } from "./faults/catalogue.ts";
import { createPlan } from "./plan.ts";

const faults = catalogue.slice(0, 5);
const namesOf = (seed: string, rounds: number): string[] => {
  const plan = createPlan(seed, faults);
  return Array.from({ length: rounds }, (_, round) =>
    plan(round)
      .map(({ name }) => name)
      .join(" + "),
  );
};

test("every fault alone and every pair comes once before anything comes again", () => {
  const names = namesOf("a", 30);
  expect(new Set(names.slice(0, 15)).size).toBe(15);
  expect(new Set(names.slice(15)).size).toBe(15);
  expect(names.filter((name) => !name.includes("+"))).toHaveLength(10);
});

test("the same seed plays the same rounds, another one others", () => {
  expect(namesOf("a", 15)).toEqual(namesOf("a", 15));
  expect(namesOf("a", 15)).not.toEqual(namesOf("b", 15));
});
