import { ProblemError } from "../../../shared/problem-error.ts";
import type { ServerFrame } from "../../../shared/protocol.ts";
import { logCause } from "../../observability/causes.ts";
import type { SocketDependencies } from "./dependencies.ts";

type Refusal = Extract<ServerFrame, { t: "refused" }>;

/**
 * What a socket is told when its frame failed. What is no ProblemError is our own fault: logged here, and said to the
 * peer without anything of its inside.
 *
 * @param id of the message that was to be sent
 */
export function refusalOf(
  error: unknown,
  { log, clock, metrics }: Pick<SocketDependencies, "log" | "clock" | "metrics">,
  id?: string,
  retryAfterMs?: number,
): Refusal {
  const expected = error instanceof ProblemError;
  if (!expected) log.error({ event: "frame_failed", error });
  logCause({ log, clock }, error);
  const { code, message: detail } = expected ? error : new ProblemError("unavailable");
  metrics.messageRefused(code);
  return {
    t: "refused",
    code,
    detail,
    ...(id !== undefined && { id }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
