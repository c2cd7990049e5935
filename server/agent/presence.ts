/** Who is at the desks of all nodes. Agents see whom; customers see whether anybody is there. */

import type { Clock } from "../../shared/clock.ts";
import type { DeskAgent } from "../../shared/protocol.ts";
import type { Bus, PresenceEvent } from "../delivery/bus.ts";

/** An agent's desk, told when anybody comes or goes. */
export interface Colleague {
  readonly agent: DeskAgent;
  agentsChanged(agents: readonly DeskAgent[]): void;
}

/** A customer's socket. */
export interface Onlooker {
  presenceChanged(online: boolean): void;
}

export interface Presence {
  /** Everybody at a desk, of every node. */
  agents(): readonly DeskAgent[];
  /** What customers are told. */
  online(): boolean;
  arrive(colleague: Colleague): void;
  leave(colleague: Colleague): void;
  watch(onlooker: Onlooker): void;
  unwatch(onlooker: Onlooker): void;
  /** Called about once a second: all telling happens here, so that many who come and go at once are told of once. */
  sweep(): void;
  /** Tells the other nodes that nobody is here any more. */
  close(): void;
}

/** How often a node repeats who is there. */
export const repeatMs = 10_000;
/** A node that was not heard of for this long died without a word: two repetitions may be lost. */
export const believedMs = 25_000;
/** A desk that is reloaded, or moves to another node, is back within this time; customers need not see it go. */
export const graceMs = 5000;
/** Customers told in one go: a node's ten thousand sockets take tens of milliseconds, which messages must not wait for. */
const slice = 500;

interface OtherNode {
  readonly agents: readonly DeskAgent[];
  readonly heardAt: number;
}

/**
 * @param deps.nodeId unique among the nodes
 * @param deps.later runs work in a later turn of the event loop
 */
export function createPresence(deps: {
  readonly nodeId: string;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly later: (work: () => void) => void;
}): Presence {
  const { nodeId, bus, clock, later } = deps;
  const colleagues = new Set<Colleague>();
  const onlookers = new Set<Onlooker>();
  const others = new Map<string, OtherNode>();
  let saidAt = clock.now();
  /** What the other nodes, or the desks here, have not been told of yet. */
  let unsaid = false;
  let untold = false;
  let online = false;
  let lastSeenAt = Number.NEGATIVE_INFINITY;

  const own = (): DeskAgent[] => [...colleagues].map(({ agent }) => agent);
  const everybody = (): DeskAgent[] => [...own(), ...[...others.values()].flatMap(({ agents }) => agents)];

  function publish(asks: boolean): void {
    bus.publish("presence", { kind: "presence", nodeId, agents: own(), asks });
    saidAt = clock.now();
    unsaid = false;
  }

  function heard(event: PresenceEvent): void {
    if (event.nodeId === nodeId) return;
    const before = others.get(event.nodeId)?.agents ?? [];
    if (event.agents.length > 0) others.set(event.nodeId, { agents: event.agents, heardAt: clock.now() });
    else others.delete(event.nodeId);
    if (!isSame(before, event.agents)) untold = true;
    if (event.asks) unsaid = true;
  }

  function forgetTheDead(now: number): void {
    for (const [id, { heardAt }] of others)
      if (now - heardAt >= believedMs) {
        others.delete(id);
        untold = true;
      }
  }

  function judge(now: number): void {
    const somebody = colleagues.size > 0 || others.size > 0;
    if (somebody) lastSeenAt = now;
    const next = somebody || (online && now - lastSeenAt < graceMs);
    if (next === online) return;
    online = next;
    tell([...onlookers]);
  }

  function tell(left: readonly Onlooker[]): void {
    // Who came meanwhile knows, and who went is not to be told any more.
    for (const onlooker of left.slice(0, slice))
      if (onlookers.has(onlooker)) onlooker.presenceChanged(online);
    if (left.length > slice) later(() => tell(left.slice(slice)));
  }

  const subscription = bus.subscribe("presence", heard);
  publish(true);

  return {
    agents: everybody,
    online: () => online,
    arrive(colleague) {
      colleagues.add(colleague);
      unsaid = untold = true;
    },
    leave(colleague) {
      if (colleagues.delete(colleague)) unsaid = untold = true;
    },
    watch: (onlooker) => void onlookers.add(onlooker),
    unwatch: (onlooker) => void onlookers.delete(onlooker),
    sweep() {
      const now = clock.now();
      forgetTheDead(now);
      if (unsaid || (colleagues.size > 0 && now - saidAt >= repeatMs)) publish(false);
      if (untold) {
        const agents = everybody();
        for (const colleague of [...colleagues]) colleague.agentsChanged(agents);
        untold = false;
      }
      judge(now);
    },
    close() {
      subscription.end();
      colleagues.clear();
      publish(false);
    },
  };
}

const isSame = (a: readonly DeskAgent[], b: readonly DeskAgent[]): boolean =>
  a.length === b.length && a.every(({ name }, index) => name === b[index]?.name);
