import type { ErrorCode } from "../../../shared/problems.ts";

/** Every way in which the companion or the way to it says no. Branch on `code`; `message` is for the agent. */
export class DeskError extends Error {
  override readonly name = "DeskError";
  readonly code: ErrorCode;
  /** The token is not one for the desk: signing in again is the only way on. */
  readonly refused: boolean;
  /** The network or the server failed: the same request may be answered a moment later. */
  readonly passes: boolean;

  constructor(code: ErrorCode, message: string, status = 0) {
    super(message);
    this.code = code;
    this.passes = ["network", "unavailable", "rate_limited"].includes(code);
    this.refused = status === 401 || (status === 403 && code === "forbidden");
  }
}
