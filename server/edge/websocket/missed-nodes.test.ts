import { expect, test, vi } from "vitest";
import { createInProcessBus } from "../../delivery/in-process-bus.ts";
import { draft, openFor, start } from "../../store/contract/fixtures.ts";
import { openSqliteStore } from "../../store/sqlite/open.ts";
import { createCatchUp } from "./catch-up.ts";

test("where a node is missed conversations are looked at all the same, once a second", async () => {
  const store = await openSqliteStore(":memory:");
  const { id } = (await openFor(store, "ada")).conversation;
  const bus = Object.defineProperty(createInProcessBus(), "health", { value: "partial" });
  const heads = vi.spyOn(store, "heads");
  const catchUp = createCatchUp({ bus, store, clock: { now: () => start } });
  const heard: unknown[] = [];
  bus.subscribe(`conversation:${id}`, (event) => heard.push(event));
  await store.append(draft(id));
  for (let sweeps = 0; sweeps < 6; sweeps++) {
    catchUp.sweep();
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  }
  // Called twice a second.
  expect(heads).toHaveBeenCalledTimes(3);
  expect(heard).toContainEqual({ kind: "reached", conversationId: id, seq: 1 });
  await store.close();
});
