/** What is used of Redis: hints between nodes (sharded publish/subscribe, Redis 7 or newer) and small atomic scripts. */

export interface Link {
  /** Whoever has subscribed hears of it, this node as well. Nobody waits for it; a failure ends the link. */
  publish(channel: string, payload: string): void;
  /** Resolves once it is in force. Rejects where the link ends first. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  /** Runs a Lua script. In a cluster all keys of one call stand in one slot. */
  run(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /**
   * Names of channels that go through each server of Redis, at least one through each.
   *
   * @param name makes the name of the nth; in a cluster its hash tag decides which server carries it
   */
  throughEveryServer(name: (index: number) => string): Promise<readonly string[]>;
  close(): void;
}

/** What a link tells whoever opened it. */
export interface LinkEvents {
  received(channel: string, payload: string): void;
  /** Once, at its first fault: it is of no use any more. Also where `close` was called. */
  ended(reason: unknown): void;
}

/** @param signal ends the attempt */
export type OpenLink = (events: LinkEvents, signal: AbortSignal) => Promise<Link>;
