/** Sequences that are drawn, and drawn again alike from the same seed. */

import { seedOf } from "../../.ci/seed.ts";
import { seededRandom } from "../../bench/fuzz/inputs.ts";

/** `SEED=4711 vitest run e2e/interleavings` plays others than every time, `SEED=random` others each time. A run that fails says its seed in the title. */
export const seed = seedOf(process.env);

/** @param draw one step, by numbers in [0, 1) */
export function drawSequences<Step>(
  { sequences, stepsEach }: { readonly sequences: number; readonly stepsEach: number },
  draw: (random: () => number) => Step,
): readonly (readonly Step[])[] {
  const random = seededRandom(seed);
  return Array.from({ length: sequences }, () => Array.from({ length: stepsEach }, () => draw(random)));
}

/** One of them, each as likely as the others. */
export function oneOf<Item>(items: readonly [Item, ...Item[]], random: () => number): Item {
  return items[Math.floor(random() * items.length)] ?? items[0];
}
