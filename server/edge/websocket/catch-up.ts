/**
 * Tells the sockets of this node what happened in their conversations where hints from other nodes may have been lost: it
 * asks the store how far each has come, and says what is new as the bus would have said it. Whoever has heard of it
 * already knows by its `seq`. Typing and presence can't be looked up; they are silently absent.
 */

import type { Clock } from "../../../shared/clock.ts";
import type { Bus, ConversationEvent } from "../../delivery/bus.ts";
import type { ConversationHead, ConversationStore } from "../../store/store.ts";
import { within } from "../within.ts";
import { createRounds } from "./rounds.ts";

/** Where no node is missed each conversation is looked at every so many calls all the same, which come twice a second. */
const callsForAll = 60;

/** Clocks of nodes may differ by so much, so that what was active just now may seem to be of some time ago. */
const activeMs = 10 * 60_000;
/** What agents are told of without knowing what they have heard: it happened while the silence was not noticed yet. */
const unnoticedMs = 15_000;
const activeAtMost = 1000;
const patienceMs = 5000;

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
  /** As last seen, of those that agents were told of; null while hints can be relied on. */
  let ofAgents: Map<string, ConversationHead> | null = null;
  let askingForAgents = false;

  const rounds = createRounds(callsForAll, async (ids) => {
    for (const head of await store.heads(ids)) {
      const known = followed.get(head.id);
      followed.set(head.id, head);
      await tell(head, known, (event) => bus.deliver(`conversation:${head.id}`, event));
    }
  });

  /** The last message is enough: a reader sees the gap before it, and reads that. */
  async function tell(
    head: ConversationHead,
    known: ConversationHead | undefined,
    deliver: (event: ConversationEvent) => void,
  ): Promise<void> {
    const { id: conversationId, lastSeq, state, assignee } = head;
    if (lastSeq > (known?.lastSeq ?? 0)) {
      const { messages } = await store.messages(conversationId, { before: lastSeq + 1, limit: 1 });
      for (const message of messages) deliver({ kind: "message", conversationId, message });
    }
    for (const event of receiptsOf(head, known)) deliver(event);
    if (known && (known.state !== state || known.assignee !== assignee))
      deliver({ kind: "changed", conversationId, state, assignee });
  }

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
      if (known || isNew || unheard.has(head.id))
        await tell(head, known, (event) => bus.deliver("conversations", event));
    }
  }

  function look(): void {
    rounds.all(listened);
    if (!bus.topics().includes("conversations") || askingForAgents) return;
    askingForAgents = true;
    within(patienceMs, lookForAgents())
      // The next look asks again.
      .catch(() => {})
      .finally(() => {
        askingForAgents = false;
      });
  }

  return {
    look,
    sweep() {
      if (bus.health === "certain") return;
      if (bus.health !== "whole") look();
      else {
        ofAgents = null;
        rounds.next(listened);
      }
    },
  };
}

function* receiptsOf(head: ConversationHead, known?: ConversationHead): Generator<ConversationEvent> {
  for (const [by, now, before] of [
    ["contact", head.customer, known?.customer],
    ["agent", head.agent, known?.agent],
  ] as const)
    for (const receipt of ["delivered", "read"] as const)
      if (now[receipt] > (before?.[receipt] ?? 0))
        yield { kind: "receipt", conversationId: head.id, by, receipt, seq: now[receipt] };
}
