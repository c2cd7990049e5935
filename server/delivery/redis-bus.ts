import { keepLink } from "../redis/keep-link.ts";
import type { Link, OpenLink } from "../redis/link.ts";
import type { SharedScripts } from "../redis/shared-scripts.ts";
import type { Bus, BusHealth } from "./bus.ts";
import { createChannels } from "./channels.ts";
import { eventText, parseEvent } from "./event-text.ts";
import { createInProcessBus } from "./in-process-bus.ts";
import { createOtherNodes } from "./other-nodes.ts";
import { createSubscriptions } from "./subscriptions.ts";

const tickMs = 300;
/** Our own pulse, sent with every tick through every server, has come back by then: else the link is dead. */
const pulsePatienceTicks = 4;
const hereEveryTicks = 2;
const otherNodesTicks = { patience: 7, memory: 200 };
/** A bus that is closed takes its leave of the other nodes for so long at most. */
const farewellMs = 500;

/** What a node says to all others, beside events. `lapse`: what it said lately may have been lost. */
type Word = "here" | "gone" | "lapse";

export interface RedisBus extends Bus, SharedScripts {
  /** Settles with the end of the first attempt to reach Redis, whatever came of it. */
  readonly attempted: Promise<void>;
}

/**
 * The bus of many nodes. Listeners of this node are called as in one process, at once; other nodes hear of it through
 * Redis. Nothing is queued for a Redis that is gone: when it is back, every node looks at the store once.
 *
 * @param deps.prefix of the names of channels
 * @param deps.nodeId 12 characters, of this process alone
 * @param deps.failed is told what a listener threw
 * @param deps.noticed is told when hints stop, with the reason, and when they come again, without
 */
export function createRedisBus(deps: {
  readonly open: OpenLink;
  readonly prefix: string;
  readonly nodeId: string;
  readonly random: () => number;
  readonly failed: (error: unknown) => void;
  readonly noticed: (health: BusHealth, reason: unknown) => void;
}): RedisBus {
  const { nodeId, failed, noticed } = deps;
  const local = createInProcessBus(failed);
  const channels = createChannels(deps.prefix);
  const nodesChannel = channels.named("nodes");
  const others = createOtherNodes(otherNodesTicks);
  const doubters = new Set<() => void>();
  const subscriptions = createSubscriptions(channels, (reason) => kept.giveUp(reason));
  /** Ticks since each pulse was heard, by its channel. */
  const pulses = new Map<string, number>();
  let said: BusHealth = "cut";
  let ticks = 0;
  let finishAttempt = () => {};
  const attempted = new Promise<void>((resolve) => {
    finishAttempt = resolve;
  });

  const health = (): BusHealth => {
    if (kept.current === null) return "cut";
    return others.missing ? "partial" : "whole";
  };

  /** Hints may have been lost up to now. */
  function doubt(): void {
    for (const listener of [...doubters]) {
      try {
        listener();
      } catch (error) {
        failed(error);
      }
    }
  }

  function review(reason: unknown = null): void {
    const now = health();
    if (now === said) return;
    said = now;
    noticed(now, reason);
    doubt();
  }

  const say = (word: Word) => kept.current?.publish(nodesChannel, nodeId + word);

  async function prepare(link: Link): Promise<void> {
    const name = (index: number) => channels.named(`pulse:${nodeId}:${index}`);
    const throughAll = await link.throughEveryServer(name);
    pulses.clear();
    for (const channel of throughAll) pulses.set(channel, 0);
    subscriptions.begin(link, [nodesChannel, ...throughAll]);
    while (subscriptions.pending > 0) await subscriptions.settled;
  }

  function up(): void {
    others.forgive();
    finishAttempt();
    // For what was said, or on its way, when the last link ended; and so that the others know us.
    say("lapse");
    review();
    // Who subscribed in the last moment may have looked at the store before that was in force.
    if (subscriptions.pending > 0) void subscriptions.settled.then(doubt);
  }

  function down(reason: unknown): void {
    subscriptions.end();
    finishAttempt();
    review(reason);
  }

  function received(channel: string, payload: string): void {
    const from = payload.slice(0, nodeId.length);
    const text = payload.slice(nodeId.length);
    if (channel === nodesChannel) hear(from, text);
    else if (from === nodeId) {
      if (pulses.has(channel)) pulses.set(channel, 0);
    } else {
      const topic = subscriptions.topicOf(channel);
      const event = topic && parseEvent(topic, text);
      if (topic && event) local.publish(topic, event);
    }
  }

  function hear(from: string, word: string): void {
    if (from === nodeId) return;
    if (word === "gone") others.gone(from);
    else if (others.heard(from) === "back" || word === "lapse") doubt();
    review();
  }

  function tick(): void {
    const link = kept.current;
    if (!link) return;
    for (const [channel, silent] of pulses) {
      if (silent >= pulsePatienceTicks) {
        kept.giveUp(new Error("Redis has fallen silent."));
        return;
      }
      pulses.set(channel, silent + 1);
      link.publish(channel, nodeId);
    }
    others.tick();
    if (ticks++ % hereEveryTicks === 0) say("here");
    review();
  }

  const kept = keepLink({ open: deps.open, received, prepare, up, down, random: deps.random });
  const timer = setInterval(tick, tickMs);

  return {
    attempted,

    publish(topic, event) {
      local.publish(topic, event);
      kept.current?.publish(channels.for(topic, event), nodeId + eventText(event));
    },

    subscribe(topic, listener) {
      const subscription = local.subscribe(topic, listener);
      subscriptions.listen(topic);
      let ended = false;
      return {
        end() {
          if (ended) return;
          ended = true;
          subscription.end();
          subscriptions.unlisten(topic);
        },
      };
    },

    deliver: local.deliver,
    topics: subscriptions.topics,

    async settled() {
      if (kept.current !== null) await subscriptions.settled;
    },

    get health() {
      return health();
    },

    onDoubt(listener) {
      // One function may be given twice; each time is its own.
      const doubter = () => listener();
      doubters.add(doubter);
      return () => void doubters.delete(doubter);
    },

    run: (script, group, names, args) =>
      kept.current?.run(
        script,
        names.map((name) => `${channels.named(group)}:${name}`),
        args.map(String),
      ) ?? null,

    async close() {
      clearInterval(timer);
      doubters.clear();
      say("gone");
      // Behind the farewell on the same connection.
      const heard = kept.current?.run("return 1", [nodesChannel], []).catch(() => {});
      if (heard)
        await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, farewellMs).unref())]);
      kept.close();
      await local.close();
    },
  };
}
