import { compactVerify, errors } from "jose";
import { ProblemError } from "../../shared/problem-error.ts";
import type { VerificationKey } from "./keys.ts";

/**
 * RFC 7515, section 5.2. Runs in the thread pool: other customers' messages pass meanwhile.
 * @throws ProblemError `signature_invalid`
 */
export async function verifySignature(token: string, { key, alg }: VerificationKey): Promise<void> {
  try {
    await compactVerify(token, key, { algorithms: [alg] });
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError)) throw cause;
    throw new ProblemError("signature_invalid", { cause });
  }
}
