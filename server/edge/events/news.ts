import type { Receipts, ServerFrame } from "../../../shared/protocol.ts";
import { payloadOf } from "../websocket/text-frame.ts";

/** What a client that asks again has been told. */
export interface Known {
  readonly readSeq: number;
  readonly agent: Receipts;
}

/**
 * Whether a frame is worth the end of a long poll. What every connection begins with is not, unless it differs from what is
 * known; nor is what is said again and again while it lasts: it comes with the end that something else, or time, brings.
 *
 * @param known null: nothing; then the very first frame is
 */
export function isNews(frame: Buffer, known: Known | null): boolean {
  const told: ServerFrame = JSON.parse(payloadOf(frame).toString());
  switch (told.t) {
    case "ready":
      return known === null || told.readSeq !== known.readSeq || !sameReceipts(told.agent, known.agent);
    case "session":
      return told.state !== "expiring";
    case "presence":
    case "state":
      return false;
    default:
      return true;
  }
}

const sameReceipts = (a: Receipts, b: Receipts): boolean => a.delivered === b.delivered && a.read === b.read;
