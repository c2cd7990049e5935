import type { LinkState, SessionPhase } from "../model/messenger-model.ts";
import type { ConnectionState } from "./connection.ts";

/** What the connection banner says. */
export function linkState(connection: ConnectionState): LinkState {
  switch (connection.kind) {
    case "live":
      return { kind: "live" };
    case "waiting":
      return connection.retryAt === null
        ? { kind: "offline" }
        : { kind: "waiting", retryAt: connection.retryAt };
    case "idle":
    case "authenticating":
    case "stopped":
      return { kind: "connecting" };
  }
}

/** A connection that the server ended for good is a failure to show; null while there is hope, or the session is in doubt. */
export function stopFailure(connection: ConnectionState): SessionPhase | null {
  if (connection.kind !== "stopped" || connection.closeCode === 4401) return null;
  // Replaced: too many tabs of this session. The customer may take it back here.
  return connection.closeCode === 4409
    ? { kind: "failed", code: "unavailable", retryable: true }
    : { kind: "failed", code: "forbidden", retryable: false };
}
