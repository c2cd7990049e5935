/** What a benchmark row is, and how its contestants are measured side by side. */

/** One figure of a row; the ratio to the floor is the claim, the absolute value holds for this machine in this run. */
export interface Figure {
  readonly row: string;
  readonly what: string;
  readonly unit: string;
  /** Whether more is better (a rate) or less (a time, a size). */
  readonly better: "more" | "less";
  readonly ours: number;
  /** The least program that does the same work, in `bench/floors`. */
  readonly floor?: number;
  readonly peer?: { readonly name: string; readonly value: number };
  /** What was promised: a ratio to the floor, or an absolute bound in the figure's unit. */
  readonly aim?: { readonly ratio: number } | { readonly bound: number };
}

export interface Row {
  readonly name: string;
  measure(): Promise<Figure[]>;
}

/**
 * Runs every contestant once a round, in turn, so that whatever else the machine does falls on all alike; answers with
 * each contestant's median. The first round warms up and is not counted.
 */
export async function interleave<Name extends string>(
  rounds: number,
  contestants: Readonly<Record<Name, () => Promise<Readonly<Record<string, number>>>>>,
): Promise<Record<Name, Record<string, number>>> {
  const names = Object.keys(contestants) as Name[];
  const samples = new Map<Name, Readonly<Record<string, number>>[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const sample = await contestants[name]();
      if (round > 0) samples.get(name)?.push(sample);
    }
  }
  return Object.fromEntries(names.map((name) => [name, medians(samples.get(name) ?? [])])) as Record<
    Name,
    Record<string, number>
  >;
}

function medians(samples: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const keys = Object.keys(samples[0] ?? {});
  return Object.fromEntries(
    keys.map((key) => [
      key,
      percentile(
        samples.map((sample) => sample[key] ?? Number.NaN),
        50,
      ),
    ]),
  );
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
