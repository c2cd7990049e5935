import type { Timers } from "../transport/timers.ts";

/** Long enough that a burst makes one receipt of each conversation, short enough that nobody sees it. */
const gatheringMs = 200;

/** Gathers “everything up to here has arrived”: positions only move forwards, so only the last of each counts. */
export function createDelivered(
  timers: Timers,
  announce: (conversationId: string, seq: number) => void,
): (conversationId: string, seq: number) => void {
  let gathered = new Map<string, number>();
  return (conversationId, seq) => {
    if (gathered.size === 0)
      timers.after(gatheringMs, () => {
        const due = gathered;
        gathered = new Map();
        for (const [id, position] of due) announce(id, position);
      });
    gathered.set(conversationId, Math.max(gathered.get(conversationId) ?? 0, seq));
  };
}
