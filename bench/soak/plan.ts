import { seededRandom } from "../fuzz/inputs.ts";
import type { Fault } from "./faults/fault.ts";

/** A number from any words: the same words, the same number. */
export function seedOf(...words: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of words.join("/")) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

/** In [0, 1); a source of its own for each purpose, so that no two disturb each other's draws. */
export const randomOf = (...words: readonly (string | number)[]): (() => number) =>
  seededRandom(seedOf(...words));

/**
 * Which faults meet in which round: each alone and each pair once, in an order drawn by the seed; then all again in another.
 *
 * @returns for a round's number, from 0, its faults
 */
export function createPlan(seed: string, faults: readonly Fault[]): (round: number) => readonly Fault[] {
  const combinations = [
    ...faults.map((fault) => [fault]),
    ...faults.flatMap((one, index) => faults.slice(index + 1).map((other) => [one, other])),
  ];
  return (round) => {
    const sweep = Math.floor(round / combinations.length);
    const order = shuffled(combinations, randomOf(seed, "sweep", sweep));
    return order[round % combinations.length] ?? [];
  };
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
