import type { Clock } from "../../../shared/clock.ts";
import type { Limits } from "../../../shared/limits.ts";
import type { SharedScripts } from "../../redis/shared-scripts.ts";
import { createMessageAllowance, type MessageAllowance, sessionsPerContact } from "./message-allowance.ts";
import { type SharedBuckets, shareBuckets } from "./shared-buckets.ts";
import { createTokenBuckets, type TokenBuckets } from "./token-buckets.ts";

/** How much of what may be done. All but `frames` are shared by the nodes. */
export interface Allowances {
  readonly messages: MessageAllowance;
  /** By session. */
  readonly uploads: TokenBuckets;
  /** By session: frames of all kinds. This node's own, since a session's socket is at one node. */
  readonly frames: TokenBuckets;
  /** By address: back-channel logouts. */
  readonly logouts: TokenBuckets;
  /** Called a few times a second: what other nodes granted counts here as well. */
  settle(): void;
  /** Forgets who has taken nothing for a while. */
  sweep(): void;
}

/** Frames of all kinds, as a multiple of the messages allowed: receipts, typing and pings of a busy hand. */
const framesPerMessage = 10;
/** A provider may end the sessions of all who were signed in at once. */
const logoutsPerMinute = 600;

export function createAllowances(deps: {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly scripts: SharedScripts;
}): Allowances {
  const { limits, clock, scripts } = deps;
  const { messagesPerSecond, messageBurst, attachmentsPerMinute } = limits;
  const shared: SharedBuckets[] = [];

  function share(name: string, perSecond: number, burst: number): SharedBuckets {
    const buckets = shareBuckets(createTokenBuckets({ perSecond, burst, clock }), scripts, {
      name,
      perSecond,
      burst,
    });
    shared.push(buckets);
    return buckets;
  }

  const frames = createTokenBuckets({
    perSecond: messagesPerSecond * framesPerMessage,
    burst: messageBurst * framesPerMessage,
    clock,
  });

  return {
    messages: createMessageAllowance({
      sessions: share("messages", messagesPerSecond, messageBurst),
      contacts: share(
        "messages of contacts",
        messagesPerSecond * sessionsPerContact,
        messageBurst * sessionsPerContact,
      ),
    }),
    uploads: share("uploads", attachmentsPerMinute / 60, attachmentsPerMinute),
    frames,
    logouts: share("logouts", logoutsPerMinute / 60, logoutsPerMinute),
    settle() {
      for (const buckets of shared) void buckets.settle();
    },
    sweep() {
      for (const buckets of [...shared, frames]) buckets.sweep();
    },
  };
}
