/** The life of the desk's connection, as decisions without effects; `link.ts` carries them out. */

import { closeCodes } from "../../../shared/protocol.ts";

export type LinkState =
  /** A socket is being opened or authenticated. `attempt` counts failures since the connection last held. */
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "live"; readonly agentName: string; readonly attempt: number; readonly since: number }
  /** The next attempt is at `retryAt` (milliseconds since 1970-01-01 UTC). */
  | { readonly kind: "waiting"; readonly attempt: number; readonly retryAt: number }
  /** The server will not have this token, or not from here; no attempt follows. */
  | { readonly kind: "refused"; readonly because: "token" | "place" }
  | { readonly kind: "stopped" };

const shortestDelayMs = 250;
const longestDelayMs = 15_000;
/** A server that takes the token and drops the connection at once must not be asked again at full speed. */
const heldMs = 10_000;

/** Full jitter: after a restart, a thousand desks come back spread out. @param random in [0, 1) */
export function backOff(attempt: number, random: number): number {
  const ceiling = Math.min(longestDelayMs, shortestDelayMs * 2 ** Math.min(attempt, 10));
  return Math.round(shortestDelayMs / 2 + random * ceiling);
}

/** What follows when a socket is gone. @param wantedDelayMs the server's own word (`draining`), or null */
export function afterClose(
  state: LinkState,
  code: number,
  chance: { readonly now: number; readonly random: number; readonly wantedDelayMs: number | null },
): LinkState {
  if (state.kind === "stopped" || state.kind === "refused") return state;
  if (code === closeCodes.notAuthenticated) return { kind: "refused", because: "token" };
  if (code === closeCodes.notAllowed) return { kind: "refused", because: "place" };
  const held = state.kind === "live" && chance.now - state.since >= heldMs;
  const attempt = held ? 0 : state.attempt + 1;
  const delay = chance.wantedDelayMs ?? backOff(attempt, chance.random);
  return { kind: "waiting", attempt, retryAt: chance.now + delay };
}
