/** What an administrator is told about one token. */

import { ProblemError } from "../../../shared/problem-error.ts";
import { type ProblemCode, problems } from "../../../shared/problems.ts";

/** The checks that a Contact JWT passes on its way to a session, in their order. */
export const checkNames = [
  "deployment",
  "community",
  "policy",
  "size",
  "form",
  "encoding",
  "header",
  "payload",
  "parameters",
  "type",
  "algorithm",
  "keyId",
  "key",
  "signature",
  "expiry",
  "expired",
  "lifetime",
  "notBefore",
  "issuedAt",
  "issuer",
  "audience",
  "identity",
  "tokenId",
  "revocation",
  "replay",
  "attributes",
] as const;

export type CheckName = (typeof checkNames)[number];

export interface TokenCheckResult {
  readonly check: CheckName;
  /** null: not reached, or nothing to check here. */
  readonly passed: boolean | null;
  /** Values of claims are shortened: they are customers' own. */
  readonly found: string | null;
  readonly expected: string;
  /** What the gate refuses with; null where the check did not fail. */
  readonly code: ProblemCode | null;
  /** Beside `passed: true` a remark: the token is taken, and something about it is probably not meant so. */
  readonly cause: string | null;
  readonly fix: string | null;
}

export interface TokenReport {
  readonly communityId: string;
  readonly checkedAt: string;
  /** A session would be opened. */
  readonly passes: boolean;
  /** What the server would answer: the code of the first check that failed. */
  readonly code: ProblemCode | null;
  /** What had to be done to the text before it could be read; only this report does so, the gate never. */
  readonly repairs: readonly string[];
  readonly checks: readonly TokenCheckResult[];
}

/** Better words than the code's own, where somebody recognises what went wrong. */
export interface Advice {
  readonly cause?: string;
  readonly fix?: string;
}

interface View {
  readonly check: CheckName;
  readonly found: string | null;
  readonly expected: string;
}

/** Asks one step of the gate. Whatever it throws but a refusal is a fault of ours and passes on. */
export async function examine(
  view: View,
  step: () => unknown,
  advise?: (problem: ProblemError) => Advice | null | Promise<Advice | null>,
): Promise<TokenCheckResult> {
  try {
    await step();
  } catch (problem) {
    if (!(problem instanceof ProblemError)) throw problem;
    const advice = await advise?.(problem);
    return {
      ...view,
      passed: false,
      code: problem.code,
      cause: joined(problem.message, advice?.cause),
      fix: advice?.fix ?? problems[problem.code].fix,
    };
  }
  return { ...view, passed: true, code: null, cause: null, fix: null };
}

/** What a step of the gate reads; null where it refuses. Any other fault passes on, as above. */
export async function valueOrNull<T>(step: () => T | Promise<T>): Promise<T | null> {
  try {
    return await step();
  } catch (problem) {
    if (!(problem instanceof ProblemError)) throw problem;
    return null;
  }
}

/** @param reason why nothing was checked */
export const notChecked = (check: CheckName, expected: string, reason: string): TokenCheckResult => ({
  check,
  passed: null,
  found: null,
  expected,
  code: null,
  cause: reason,
  fix: null,
});

export const unreadable = "The token could not be read as far as this.";

const joined = (message: string, cause: string | undefined): string =>
  cause === undefined || message.includes(cause) ? message : `${message} ${cause}`;

/** The first failure is the verdict: the gate stops there. */
export function verdictOf(
  checks: readonly TokenCheckResult[],
): Pick<TokenReport, "passes" | "code" | "checks"> {
  const failed = checks.find(({ passed }) => passed === false);
  return { passes: failed === undefined, code: failed?.code ?? null, checks };
}
