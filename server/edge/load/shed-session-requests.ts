import { ProblemError } from "../../../shared/problem-error.ts";
import type { Metrics } from "../../observability/metrics.ts";
import type { SessionRequestLimit } from "../limits/session-requests.ts";
import type { Shedding } from "./shedding.ts";

/** A full node opens no sessions either: whoever has one goes on. */
export function shedSessionRequests(
  limit: SessionRequestLimit,
  shedding: Pick<Shedding, "turns">,
  metrics: Pick<Metrics, "connectionRefused">,
): SessionRequestLimit {
  return {
    async consume(address, deploymentId) {
      const turned = shedding.turns();
      if (turned) {
        metrics.connectionRefused(turned.pressure);
        throw new ProblemError("unavailable", {
          detail: "This server takes nobody in at the moment.",
          retryAfterSeconds: Math.ceil(turned.retryInMs / 1000),
        });
      }
      await limit.consume(address, deploymentId);
    },
  };
}
