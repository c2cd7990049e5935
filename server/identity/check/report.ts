/** What an administrator is told about one token. */

import { ProblemError } from "../../../shared/problem-error.ts";
import { type ProblemCode, problems } from "../../../shared/problems.ts";
import type { JudgedKind, TokenKind } from "./recognise.ts";

/** The checks of every kind of token on its way to a session; each kind has its own of these, in this order. */
export const checkNames = [
  "deployment",
  "community",
  "policy",
  "provider",
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
  "claims",
  "expiry",
  "expired",
  "lifetime",
  "notBefore",
  "issuedAt",
  "age",
  "events",
  "issuer",
  "audience",
  "authorizedParty",
  "nonce",
  "authTime",
  "hashes",
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
  /** What the text is, as far as it shows. */
  readonly kind: TokenKind;
  /** As which identity it was judged: the gate of this kind would say so. */
  readonly judgedAs: JudgedKind;
  /** A session would be opened. null: nothing failed, but what decides could not be judged here. */
  readonly passes: boolean | null;
  /**
   * What the server would answer: the code of the first check that failed; null also where one before it decides and could
   * not be judged.
   */
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

/** Without the fix, where that is for somebody else. */
export const causeOnly = (advice: Advice | null): Advice | null =>
  advice?.cause === undefined ? null : { cause: advice.cause };

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

/** Without these nobody can say that a token would be taken. */
const decisive: readonly CheckName[] = ["signature", "nonce"];

/** The first failure is the verdict: the gate stops there. */
export function verdictOf(
  checks: readonly TokenCheckResult[],
): Pick<TokenReport, "passes" | "code" | "checks"> {
  const failed = checks.find(({ passed }) => passed === false);
  const [open] = checks.filter(({ check, passed }) => passed === null && decisive.includes(check));
  if (!failed) return { passes: open ? null : true, code: null, checks };
  const isFirst = open === undefined || checks.indexOf(failed) < checks.indexOf(open);
  return { passes: false, code: isFirst ? failed.code : null, checks };
}

/** The codes' own fixes speak of Contact JWTs: what is better said of another kind, where nobody recognised more. */
export const fixedAs = (
  checks: readonly TokenCheckResult[],
  fixes: Readonly<Partial<Record<ProblemCode, string>>>,
): TokenCheckResult[] =>
  checks.map((result) =>
    result.code !== null && result.fix === problems[result.code].fix
      ? { ...result, fix: fixes[result.code] ?? result.fix }
      : result,
  );
