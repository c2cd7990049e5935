import { createFuzzer, seededRandom } from "./inputs.ts";
import type { Target } from "./targets.ts";

export interface FuzzReport {
  readonly name: string;
  readonly inputs: number;
  readonly taken: number;
  readonly perSecond: number;
  /** Slowest input, in milliseconds, the quickest of several readings: what a neighbour on the machine took is not its. */
  readonly slowestMs: number;
  readonly slowest: string;
  /** Live heap after a collection, in KiB: after the first tenth, and at the end. */
  readonly heapKiB: readonly [early: number, late: number];
}

/** An input slower than this is read again before it is believed. */
const suspiciousMs = 2;
const readings = 7;

/** @throws whatever the target throws that is no refusal, with the seed and the input in its message */
export async function fuzz(target: Target, inputs: number, seed: number): Promise<FuzzReport> {
  const fuzzer = createFuzzer(target.corpus, seededRandom(seed));
  let taken = 0;
  let slowest = { ms: 0, input: "" };
  let early = 0;
  const start = performance.now();
  for (let count = 1; count <= inputs; count++) {
    const input = fuzzer.next();
    const began = performance.now();
    if (await read(target, input, seed)) taken++;
    let ms = performance.now() - began;
    if (ms > suspiciousMs && ms > slowest.ms) ms = await quickest(target, input);
    if (ms > slowest.ms) slowest = { ms, input };
    if (count === Math.ceil(inputs / 10)) early = heapKiB();
  }
  const seconds = (performance.now() - start) / 1000;
  return {
    name: target.name,
    inputs,
    taken,
    perSecond: Math.round(inputs / seconds),
    slowestMs: slowest.ms,
    slowest: slowest.input,
    heapKiB: [early, heapKiB()],
  };
}

async function read(target: Target, input: string, seed: number): Promise<boolean> {
  try {
    return await target.read(input);
  } catch (cause) {
    throw new Error(`${target.name}, seed ${seed}: ${JSON.stringify(input)}`, { cause });
  }
}

async function quickest(target: Target, input: string): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let reading = 0; reading < readings; reading++) {
    const began = performance.now();
    await target.read(input);
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

/** NaN where the process was not started with --expose-gc. */
function heapKiB(): number {
  if (!globalThis.gc) return Number.NaN;
  globalThis.gc();
  return Math.round(process.memoryUsage().heapUsed / 1024);
}
