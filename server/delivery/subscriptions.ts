import type { Link } from "../redis/link.ts";
import type { Topics } from "./bus.ts";
import type { Channels } from "./channels.ts";

type Topic = keyof Topics;

/** What a node listens to, whichever link carries it: each channel once, however many listeners it has. */
export interface Subscriptions {
  listen(topic: Topic): void;
  unlisten(topic: Topic): void;
  topics(): readonly Topic[];
  topicOf(channel: string): Topic | undefined;
  /** Subscribes to everything that is listened to, and to `more`, and from now on to what is listened to later. */
  begin(link: Link, more: readonly string[]): void;
  /** The link is lost. */
  end(): void;
  /** Subscriptions that are not in force yet. */
  readonly pending: number;
  /** Resolves once every subscription made so far is in force, or was lost with its link. */
  readonly settled: Promise<unknown>;
}

/** @param failed is told why a channel of the present link can't be subscribed to */
export function createSubscriptions(channels: Channels, failed: (reason: unknown) => void): Subscriptions {
  /** With the number of listeners. */
  const listened = new Map<Topic, number>();
  const topicOf = new Map<string, Topic>();
  let linked: Link | null = null;
  /** Of the present link. */
  let joins = { pending: 0 };
  let settled: Promise<unknown> = Promise.resolve();

  function join(channel: string): void {
    const link = linked;
    if (!link) return;
    const own = joins;
    own.pending += 1;
    const joined = link.subscribe(channel).then(
      () => {
        own.pending -= 1;
      },
      (reason: unknown) => {
        own.pending -= 1;
        // Not another link, that was opened since.
        if (link === linked) failed(reason);
      },
    );
    // Without their values: each would keep all before it.
    settled = Promise.all([settled, joined]).then(() => {});
  }

  return {
    listen(topic) {
      const count = listened.get(topic) ?? 0;
      listened.set(topic, count + 1);
      if (count > 0) return;
      for (const channel of channels.of(topic)) {
        topicOf.set(channel, topic);
        join(channel);
      }
    },

    unlisten(topic) {
      const left = (listened.get(topic) ?? 0) - 1;
      if (left > 0) {
        listened.set(topic, left);
        return;
      }
      listened.delete(topic);
      for (const channel of channels.of(topic)) {
        topicOf.delete(channel);
        linked?.unsubscribe(channel);
      }
    },

    topics: () => [...listened.keys()],
    topicOf: (channel) => topicOf.get(channel),

    begin(link, more) {
      linked = link;
      for (const channel of [...topicOf.keys(), ...more]) join(channel);
    },

    end() {
      linked = null;
      joins = { pending: 0 };
      settled = Promise.resolve();
    },

    get pending() {
      return joins.pending;
    },
    get settled() {
      return settled;
    },
  };
}
