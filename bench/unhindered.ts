import type { Limits } from "../shared/limits.ts";

/** Limits of a server whose load comes from a single address, and that may stop at once. */
export const unhindered = {
  messagesPerSecond: 1_000_000,
  messageBurst: 1_000_000,
  sessionRequestsPerMinute: 1_000_000,
  unauthenticatedSocketsPerAddress: 10_000,
  drainSpreadMs: 0,
} as const satisfies Partial<Limits>;
