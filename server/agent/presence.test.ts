import { expect, test } from "vitest";
import type { DeskAgent } from "../../shared/protocol.ts";
import { createInProcessBus } from "../delivery/in-process-bus.ts";
import { believedMs, createPresence, graceMs, repeatMs } from "./presence.ts";

/** Nodes that share a bus and a clock; `pass` lets the time go by second by second, and every node sweep. */
function world() {
  const clock = { at: 1_000_000, now: () => clock.at };
  const bus = createInProcessBus();
  const laters: (() => void)[] = [];
  const nodes = new Map<string, ReturnType<typeof createPresence>>();
  return {
    bus,
    laters,
    node(nodeId: string) {
      const node = createPresence({ nodeId, bus, clock, later: (work) => laters.push(work) });
      nodes.set(nodeId, node);
      return node;
    },
    /** It stops without a word. */
    kill: (nodeId: string) => nodes.delete(nodeId),
    pass(ms: number) {
      for (let left = ms; left > 0; left -= 1000) {
        clock.at += Math.min(1000, left);
        for (const node of nodes.values()) node.sweep();
      }
    },
  };
}

function desk(name: string) {
  const told: string[][] = [];
  return {
    agent: { name },
    told,
    agentsChanged: (agents: readonly DeskAgent[]) => told.push(agents.map((agent) => agent.name)),
  };
}

function customer() {
  const told: boolean[] = [];
  return { told, presenceChanged: (online: boolean) => told.push(online) };
}

test("customers of every node see the first agent come within a second, and no more of those who follow", () => {
  const { node, pass } = world();
  const [a, b] = [node("a"), node("b")];
  const [here, there] = [customer(), customer()];
  a.watch(here);
  b.watch(there);
  a.arrive(desk("Ada"));
  pass(1000);
  pass(1000);
  b.arrive(desk("Bob"));
  pass(5000);
  expect([here.told, there.told]).toEqual([[true], [true]]);
  expect(b.online()).toBe(true);
});

test("agents see who comes and goes, themselves included, on every node", () => {
  const { node, pass } = world();
  const [a, b] = [node("a"), node("b")];
  const [ada, bob] = [desk("Ada"), desk("Bob")];
  a.arrive(ada);
  pass(1000);
  b.arrive(bob);
  pass(2000);
  expect(ada.told).toEqual([["Ada"], ["Ada", "Bob"]]);
  expect(bob.told.at(-1)).toEqual(["Bob", "Ada"]);
  a.leave(ada);
  pass(2000);
  expect(bob.told.at(-1)).toEqual(["Bob"]);
  expect(b.agents()).toEqual([{ name: "Bob" }]);
});

test("a desk that is reloaded, or moves to the next node, does not flicker before customers", () => {
  const { node, pass } = world();
  const [a, b] = [node("a"), node("b")];
  const watcher = customer();
  b.watch(watcher);
  const ada = desk("Ada");
  a.arrive(ada);
  pass(2000);
  a.leave(ada);
  pass(graceMs - 2000);
  b.arrive(desk("Ada"));
  pass(graceMs * 2);
  expect(watcher.told).toEqual([true]);
});

test("nobody for the time of grace is nobody", () => {
  const { node, pass } = world();
  const a = node("a");
  const watcher = customer();
  a.watch(watcher);
  const ada = desk("Ada");
  a.arrive(ada);
  pass(1000);
  a.leave(ada);
  pass(graceMs + 1000);
  expect(watcher.told).toEqual([true, false]);
});

test("a node that dies leaves no ghosts, and one that lives is believed as long as it repeats itself", () => {
  const { node, pass, kill } = world();
  const [a, b] = [node("a"), node("b")];
  a.arrive(desk("Ada"));
  pass(3 * believedMs);
  expect(b.agents()).toEqual([{ name: "Ada" }]);
  kill("a");
  pass(believedMs - repeatMs - 1000);
  expect(b.agents()).toHaveLength(1);
  pass(repeatMs + 1000);
  expect(b.agents()).toEqual([]);
});

test("a node that stops says so at once", () => {
  const { node, pass } = world();
  const [a, b] = [node("a"), node("b")];
  a.arrive(desk("Ada"));
  pass(2000);
  a.close();
  expect(b.agents()).toEqual([]);
});

test("a node that starts hears within a second who is there", () => {
  const { node, pass } = world();
  const a = node("a");
  a.arrive(desk("Ada"));
  pass(3000);
  const b = node("b");
  pass(1000);
  expect(b.agents()).toEqual([{ name: "Ada" }]);
});

test("many customers are told in slices, each with what is true by then, and who left is not told", () => {
  const { node, pass, laters } = world();
  const a = node("a");
  const watchers = Array.from({ length: 1200 }, customer);
  for (const watcher of watchers) a.watch(watcher);
  a.arrive(desk("Ada"));
  pass(1000);
  const told = () => watchers.filter((watcher) => watcher.told.length > 0).length;
  expect(told()).toBe(500);
  const gone = watchers.at(-1);
  if (gone) a.unwatch(gone);
  for (let run = laters.shift(); run; run = laters.shift()) run();
  expect(told()).toBe(1199);
  expect(watchers[700]?.told).toEqual([true]);
});
