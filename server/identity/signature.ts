// By its parts: the whole of jose, encryption and fetching of keys included, costs every start 10 MB.
import { JOSEError } from "jose/errors";
import { compactVerify } from "jose/jws/compact/verify";
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
    if (!(cause instanceof JOSEError)) throw cause;
    throw new ProblemError("signature_invalid", { cause });
  }
}
