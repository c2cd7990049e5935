import type { ErrorCode } from "../../../shared/problems.ts";

/** Codes after which the same request can succeed later. */
const retryableCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "network",
  "timeout",
  "rate_limited",
  "unavailable",
  "keyset_unavailable",
]);

/** Why a request to the companion failed. Branch on `code`; `message` names cause and fix, for the developer. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** How long the server asks to wait; null where it did not say. */
  readonly retryAfterMs: number | null;

  constructor(code: ErrorCode, message: string, retryAfterMs: number | null = null, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.retryable = retryableCodes.has(code);
    this.retryAfterMs = retryAfterMs;
  }
}
