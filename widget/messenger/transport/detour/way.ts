/** Which way the next connection takes, by how the last ones went. Pure. */

export interface Way {
  readonly kind: "websocket" | "http";
  /** Connections in a row that never became ready. */
  readonly failures: number;
  /** How long HTTP serves before a WebSocket is tried beside it, in milliseconds. */
  readonly trialMs: number;
}

/** A WebSocket that failed for a passing reason is back soon; where none gets through, one is tried now and then. */
export const firstTrialMs = 30_000;
const longestTrialMs = 600_000;
/** The server may just be starting: one failure says little of the way. */
const failuresAtMost = 2;

/** Of a client that no WebSocket has got through to. */
export const firstWay: Way = { kind: "http", failures: 0, trialMs: firstTrialMs };

export type Outcome =
  | "ready"
  /** Never became ready. */
  | "failed"
  /** The WebSocket that was tried beside HTTP became ready. */
  | "regained"
  /** It did not. */
  | "stillBlocked";

export function nextWay(way: Way, outcome: Outcome): Way {
  switch (outcome) {
    case "ready":
      return { ...way, failures: 0 };
    case "failed": {
      const failures = way.failures + 1;
      if (failures < failuresAtMost) return { ...way, failures };
      return { ...way, failures: 0, kind: way.kind === "http" ? "websocket" : "http" };
    }
    case "regained":
      return { kind: "websocket", failures: 0, trialMs: firstTrialMs };
    case "stillBlocked":
      return { ...way, trialMs: Math.min(longestTrialMs, way.trialMs * 2) };
  }
}
