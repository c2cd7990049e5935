import { describe, expect, it } from "vitest";
import { fuzz } from "./run.ts";
import { claimsTarget, frameTarget, gateTarget } from "./targets.ts";

/** A taste of `npm run fuzz`, with another seed each day of the year, so that a fault found can be found again. */
const seed = Math.floor(Date.now() / 86_400_000);

describe(`whatever is sent (seed ${seed})`, () => {
  it.each([
    ["tokens", gateTarget],
    ["claims", claimsTarget],
    ["frames", async () => frameTarget],
  ])("%s are taken or refused, and nothing else happens", async (_name, makeTarget) => {
    const report = await fuzz(await makeTarget(), 10_000, seed);
    expect(report.taken).toBeGreaterThan(0);
    expect(report.taken).toBeLessThan(report.inputs);
  });
});
