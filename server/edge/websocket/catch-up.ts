/**
 * Tells the sockets of this node what happened in their conversations where hints from other nodes may have been lost: it
 * asks the store how far each has come, and says what is new as the bus would have said it. Whoever has heard of it
 * already knows by its `seq`. Typing and presence can't be looked up; they are silently absent.
 */

import type { Clock } from "../../../shared/clock.ts";
import type { Bus, ConversationEvent } from "../../delivery/bus.ts";
import type { ConversationHead, ConversationStore } from "../../store/store.ts";
import { createRounds } from "./rounds.ts";

/** Where no node is missed each conversation is looked at every so many calls all the same, which come twice a second. */
const callsForAll = 60;

/** Clocks of nodes may differ by so much, so that what was active just now may seem to be of some time ago. */
const activeMs = 10 * 60_000;
/** What agents are told of without knowing what they have heard: it happened while the silence was not noticed yet. */
const unnoticedMs = 15_000;
const activeAtMost = 1000;

export interface CatchUp {
  /** Called about twice a second: looks as often as the health of the bus asks for. */
  sweep(): void;
  /** Looks at everything now. */
  look(): void;
}

export function createCatchUp(deps: {
  readonly bus: Bus;
  readonly store: Pick<ConversationStore, "heads" | "activeHeads" | "messages">;
  readonly clock: Clock;
}): CatchUp {
  const { bus, store, clock } = deps;
  /** As last seen, of conversations that somebody here follows. */
  const followed = new Map<string, ConversationHead>();
  let sweeps = 0;
  /** As last seen, of those that agents were told of; null while hints can be relied on. */
  let ofAgents: Map<string, ConversationHead> | null = null;

  const rounds = createRounds(callsForAll, async (ids) => {
    for (const head of await store.heads(ids)) {
      const known = followed.get(head.id);
      followed.set(head.id, head);
      const topic = `conversation:${head.id}` as const;
      if (head.lastSeq > (known?.lastSeq ?? 0))
        bus.deliver(topic, { kind: "reached", conversationId: head.id, seq: head.lastSeq });
      for (const event of movesOf(head, known ?? unknown)) bus.deliver(topic, event);
    }
  });

  const roundsOfAgents = createRounds(1, lookForAgents);

  /** @returns ids of conversations that somebody here follows; what is known of others is forgotten */
  function listened(): readonly string[] {
    const ids: string[] = [];
    for (const topic of bus.topics()) {
      const id = /^conversation:(.*)$/.exec(topic)?.[1];
      if (id !== undefined) ids.push(id);
    }
    const present = new Set(ids);
    for (const id of followed.keys()) if (!present.has(id)) followed.delete(id);
    return ids;
  }

  /** Agents hear of every conversation: those that were active lately, and how far they have come since the last look. */
  async function lookForAgents(): Promise<void> {
    const seen = ofAgents ?? new Map<string, ConversationHead>();
    const now = clock.now();
    const [active, fresh] = [
      await store.activeHeads(now - activeMs, activeAtMost),
      ofAgents ? [] : await store.activeHeads(now - unnoticedMs, activeAtMost),
    ];
    const unheard = new Set(fresh.map(({ id }) => id));
    const present = new Set(active.map(({ id }) => id));
    // A receipt makes no conversation active: those that were are asked for as well.
    const older = await store.heads([...seen.keys()].filter((id) => !present.has(id)));
    const isNew = ofAgents !== null;
    ofAgents = seen;
    for (const head of [...older, ...active]) {
      const known = seen.get(head.id);
      seen.set(head.id, head);
      if (known || isNew || unheard.has(head.id)) await tellAgents(head, known);
    }
  }

  /** The last message is enough: a desk sees the gap before it, and reads that. */
  async function tellAgents(head: ConversationHead, known: ConversationHead | undefined): Promise<void> {
    const { id: conversationId, lastSeq } = head;
    if (lastSeq > (known?.lastSeq ?? 0)) {
      const { messages } = await store.messages(conversationId, { before: lastSeq + 1, limit: 1 });
      for (const message of messages)
        bus.deliver("conversations", { kind: "message", conversationId, message });
    }
    for (const event of movesOf(head, known ?? { ...head, ...nowhere })) bus.deliver("conversations", event);
  }

  function look(): void {
    rounds.all(listened);
    if (bus.topics().includes("conversations")) roundsOfAgents.all(() => ["all of them"]);
  }

  return {
    look,
    sweep() {
      if (bus.health === "certain") return;
      // A node that is missed is dead, as a rule: that is no reason to ask twice as much.
      if (bus.health === "cut" || (bus.health === "partial" && sweeps++ % 2 === 0)) look();
      else if (bus.health === "whole") {
        ofAgents = null;
        rounds.next(listened);
      }
    },
  };
}

const nowhere = { customer: { delivered: 0, read: 0 }, agent: { delivered: 0, read: 0 } } as const;

type Known = Omit<ConversationHead, "id" | "lastSeq" | "state"> & { readonly state: string | null };

/** Of what nothing is known everything is new. */
const unknown: Known = { ...nowhere, state: null, assignee: null };

/** Positions, the state and the assignee, where they differ from what was known. */
function* movesOf(head: ConversationHead, known: Known): Generator<ConversationEvent> {
  const { id: conversationId, state, assignee } = head;
  for (const [by, now, before] of [
    ["contact", head.customer, known.customer],
    ["agent", head.agent, known.agent],
  ] as const)
    for (const receipt of ["delivered", "read"] as const)
      if (now[receipt] > before[receipt])
        yield { kind: "receipt", conversationId, by, receipt, seq: now[receipt] };
  if (known.state !== state || known.assignee !== assignee)
    yield { kind: "changed", conversationId, state, assignee };
}
