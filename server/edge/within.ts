import { ProblemError } from "../../shared/problem-error.ts";

/** @throws ProblemError `unavailable` where the work takes longer or fails */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const signal = AbortSignal.timeout(ms);
  const tooLate = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return await Promise.race([work, tooLate]).catch((cause: unknown) => {
    throw new ProblemError("unavailable", { detail: "The store does not answer.", cause });
  });
}
