import { describe, expect, it } from "vitest";
import { ProblemError } from "../../../shared/problem-error.ts";
import { problems } from "../../../shared/problems.ts";
import { examine, valueOrNull } from "./report.ts";

const view = { check: "key", found: "“a”", expected: "“b”" } as const;
const refuse = () => {
  throw new ProblemError("key_unknown", { detail: "The key is unknown." });
};
const fix = "Configure the key, or sign with one that is configured.";

describe("A check that fails says", () => {
  it.each([
    ["the gate's own words where nobody knows better", undefined, "The key is unknown.", null],
    ["the same where there is no advice", () => null, "The key is unknown.", null],
    ["a cause behind them", () => ({ cause: "It is old." }), "The key is unknown. It is old.", null],
    ["a cause once", () => ({ cause: "The key is unknown." }), "The key is unknown.", null],
    ["a better fix", () => ({ fix }), "The key is unknown.", fix],
  ])("%s", async (_, advise, cause, better) => {
    const result = await examine(view, refuse, advise);
    expect(result).toMatchObject({ ...view, passed: false, code: "key_unknown", cause });
    expect(result.fix).toBe(better ?? problems.key_unknown.fix);
  });
});

it("A fault that is no refusal is not taken for one", async () => {
  const fail = () => Promise.reject(new TypeError("ours"));
  await expect(examine(view, fail)).rejects.toThrow("ours");
  await expect(valueOrNull(fail)).rejects.toThrow("ours");
  expect(await valueOrNull(refuse)).toBeNull();
});
