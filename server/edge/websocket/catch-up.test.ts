import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BusHealth, ConversationEvent } from "../../delivery/bus.ts";
import { createInProcessBus } from "../../delivery/in-process-bus.ts";
import { draft, openFor, start } from "../../store/contract/fixtures.ts";
import { openSqliteStore } from "../../store/sqlite/open.ts";
import type { Store } from "../../store/store.ts";
import { createCatchUp } from "./catch-up.ts";

let store: Store;
let ada: string;
let bob: string;
beforeEach(async () => {
  store = await openSqliteStore(":memory:");
  [ada, bob] = [(await openFor(store, "ada")).conversation.id, (await openFor(store, "bob")).conversation.id];
});
afterEach(() => store.close());

/** A node that hears no hints: what others write stands in the store alone. */
function setUp() {
  const state: { health: BusHealth } = { health: "cut" };
  const bus = Object.defineProperty(createInProcessBus(), "health", { get: () => state.health });
  const asked = { heads: vi.spyOn(store, "heads"), activeHeads: vi.spyOn(store, "activeHeads") };
  const catchUp = createCatchUp({ bus, store, clock: { now: () => start + 60_000 } });
  return {
    bus,
    state,
    asked,
    catchUp,
    follow(topic: `conversation:${string}` | "conversations") {
      const heard: ConversationEvent[] = [];
      bus.subscribe(topic, (event) => heard.push(event));
      return heard;
    },
    /** A sweep, and the answers of the store to it. */
    async sweep() {
      catchUp.sweep();
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    },
  };
}

const seqs = (heard: readonly ConversationEvent[]) =>
  heard.flatMap((event) => (event.kind === "reached" ? [event.seq] : []));

describe("A conversation that somebody follows without hints", () => {
  it("is told how far it has come once, and of every position that moved", async () => {
    const { follow, sweep } = setUp();
    const heard = follow(`conversation:${ada}`);
    await store.append(draft(ada));
    await store.append(draft(ada));
    await store.append(draft(bob));
    await sweep();
    expect(seqs(heard)).toEqual([2]);
    await store.markReceipts(ada, "agent", { read: 1 });
    await store.updateConversation(ada, { state: "closed" }, start);
    await sweep();
    await sweep();
    expect(heard).toEqual([
      { kind: "reached", conversationId: ada, seq: 2 },
      { kind: "changed", conversationId: ada, state: "open", assignee: null },
      { kind: "reached", conversationId: ada, seq: 3 },
      { kind: "receipt", conversationId: ada, by: "agent", receipt: "delivered", seq: 1 },
      { kind: "receipt", conversationId: ada, by: "agent", receipt: "read", seq: 1 },
      { kind: "changed", conversationId: ada, state: "closed", assignee: null },
    ]);
  });

  it("is asked about with all others in one question, and no more once nobody follows it", async () => {
    const { bus, follow, sweep, asked } = setUp();
    const subscription = bus.subscribe(`conversation:${ada}`, () => {});
    follow(`conversation:${bob}`);
    await sweep();
    expect(asked.heads.mock.calls).toEqual([[[ada, bob]]]);
    subscription.end();
    await sweep();
    expect(asked.heads.mock.calls.at(-1)).toEqual([[bob]]);
  });

  it("is looked at now and then where hints can be relied on, and never in one process", async () => {
    const { follow, sweep, state, asked } = setUp();
    state.health = "certain";
    const heard = follow(`conversation:${ada}`);
    await store.append(draft(ada));
    await sweep();
    expect(asked.heads).not.toHaveBeenCalled();
    state.health = "whole";
    for (let sweeps = 0; sweeps < 60; sweeps++) await sweep();
    expect(seqs(heard)).toEqual([1]);
  });
});

describe("Agents without hints", () => {
  it("are told of every conversation that was active lately, and then of what is new", async () => {
    const { follow, sweep } = setUp();
    await store.append(draft(bob, { at: start }));
    const heard = follow("conversations");
    await store.append(draft(ada, { at: start + 59_000 }));
    await sweep();
    // Bob's is older than what may have been missed.
    expect(heard).toEqual([expect.objectContaining({ kind: "message", conversationId: ada })]);
    await store.append(draft(bob, { at: start + 30_000 }));
    await store.markReceipts(ada, "contact", { delivered: 1 });
    await sweep();
    await sweep();
    expect(heard.slice(1).toSorted((a, b) => a.kind.localeCompare(b.kind))).toEqual([
      expect.objectContaining({ kind: "message", conversationId: bob }),
      { kind: "receipt", conversationId: ada, by: "contact", receipt: "delivered", seq: 1 },
    ]);
  });

  it("cost nothing where there are none", async () => {
    const { follow, sweep, asked } = setUp();
    follow(`conversation:${ada}`);
    await sweep();
    expect(asked.activeHeads).not.toHaveBeenCalled();
  });
});
