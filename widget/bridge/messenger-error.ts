import type { ErrorCode } from "../../shared/problems.ts";

/** What the host page's promises reject with. Branch on `code`; `message` names cause and fix for the developer. */
export interface MessengerError extends Error {
  readonly code: ErrorCode;
  /** Whether the same call can succeed later without a change. */
  readonly retryable: boolean;
}

export const messengerError = (
  code: ErrorCode,
  message: string,
  retryable = false,
  cause?: unknown,
): MessengerError =>
  Object.assign(new Error(message, { cause }), { name: "MessengerError", code, retryable });
