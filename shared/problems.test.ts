import { expect, test } from "vitest";
import { ProblemError } from "./problem-error.ts";
import { type ProblemCode, problems } from "./problems.ts";

const entries = Object.entries(problems);

test.each(entries)("%s has a status, a sentence and a fix", (_, kind) => {
  expect(kind.status).toBeGreaterThanOrEqual(400);
  expect(kind.title).toMatch(/^[A-Z].*\.$/);
  expect(kind.fix.length).toBeGreaterThan(5);
});

test.each(entries)("%s is retryable exactly where a later try can succeed unchanged", (_, kind) => {
  expect("retryable" in kind).toBe(kind.status === 429 || kind.status === 503);
});

test("a problem document carries code, cause and fix, and no stack", () => {
  const error = new ProblemError("token_expired", {
    detail: "It expired 12 s ago.",
    cause: new Error("internal"),
  });
  expect(error.toDocument("https://chat.example")).toEqual({
    type: "https://chat.example/problems/token_expired",
    title: problems.token_expired.title,
    status: 401,
    detail: "It expired 12 s ago.",
    code: "token_expired" satisfies ProblemCode,
    fix: problems.token_expired.fix,
  });
});
