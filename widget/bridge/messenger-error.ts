import type { ErrorCode } from "../../shared/problems.ts";

/** What the host page's promises reject with. Branch on `code`; `message` names cause and fix for the developer. */
export class MessengerError extends Error {
  override readonly name = "MessengerError";
  readonly code: ErrorCode;
  /** Whether the same call can succeed later without a change. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, retryable = false, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.retryable = retryable;
  }
}
