import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OutboxItem } from "./courier.ts";
import { byId, changesSince, merged, withChanges } from "./merge.ts";

const waits = (id: string, rest: Partial<OutboxItem> = {}): OutboxItem => ({
  kind: "pending",
  id,
  text: id,
  writtenAt: 0,
  status: "sending",
  code: null,
  retryable: false,
  ...rest,
});
const failed = (id: string): OutboxItem =>
  waits(id, { status: "failed", code: "forbidden", retryable: true });
const [a, b, c] = [waits("a"), waits("b"), waits("c")];
const nothingShown = () => false;
const ids = (items: readonly OutboxItem[]) => items.map(({ id, isStored }) => (isStored ? `${id}*` : id));

describe("what this tab tells the others", () => {
  test("is nothing where it did nothing", () => {
    expect(changesSince(byId([a, b]), [a, b])).toBeNull();
    expect(changesSince(byId([]), [{ ...a, isStored: true }])).toBeNull();
  });

  test("is what it wrote, settled and saw refused, in the place of each", () => {
    const changes = changesSince(byId([a, b]), [failed("b"), c]);
    expect(changes && withChanges([waits("x"), a, b], changes)).toEqual([waits("x"), failed("b"), c]);
  });

  test("puts what was taken up in front of what was there, and behind what others had before", () => {
    const changes = changesSince(byId([c]), [a, b, c]);
    expect(changes && ids(withChanges([c], changes))).toEqual(["a", "b", "c"]);
    const first = changesSince(byId([]), [b, c]);
    expect(first && ids(withChanges([a], first))).toEqual(["a", "b", "c"]);
  });

  test("brings nothing back that another tab has settled", () => {
    const changes = changesSince(byId([a, b]), [failed("a"), b]);
    expect(changes && ids(withChanges([b], changes))).toEqual(["b"]);
  });

  test("said twice is said once", () => {
    const changes = changesSince(byId([]), [a, b]);
    expect(changes && ids(withChanges(withChanges([], changes), changes))).toEqual(["a", "b"]);
  });
});

describe("what this tab takes over", () => {
  test("is what others wrote, where they wrote it", () => {
    expect(ids(merged([b], [b], [a, b, c], nothingShown))).toEqual(["a", "b", "c"]);
  });

  test("is not what it settled itself while the list was read", () => {
    expect(ids(merged([], [a], [a], nothingShown))).toEqual([]);
  });

  test("is not what stands in the conversation", () => {
    expect(ids(merged([], [], [a, b], (id) => id === "a"))).toEqual(["b"]);
  });

  test("leaves what was written while the list was read", () => {
    expect(ids(merged([a, b], [a], [a], nothingShown))).toEqual(["a", "b"]);
  });

  test("marks as stored what another tab has sent, and drops what another has given up", () => {
    expect(ids(merged([a, b], [a, b], [b], nothingShown))).toEqual(["a*", "b"]);
    const lost = failed("a");
    expect(ids(merged([lost, b], [lost, b], [b], nothingShown))).toEqual(["b"]);
  });

  test("is the fate that others saw, where this tab has not seen another since", () => {
    expect(merged([a], [a], [failed("a")], nothingShown)).toEqual([failed("a")]);
    const retried = waits("a");
    expect(merged([retried], [failed("a")], [failed("a")], nothingShown)).toEqual([retried]);
  });
});

test("tabs that write, settle and look in any order end up with one list, nothing lost and nothing twice", () => {
  const acts = fc.array(
    fc.record({ tab: fc.nat(2), does: fc.constantFrom("write", "settle", "look"), which: fc.nat(5) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(acts, (all) => {
      let kept: readonly OutboxItem[] = [];
      let count = 0;
      const settled = new Set<string>();
      const tabs = [0, 1, 2].map(() => ({ here: [] as readonly OutboxItem[], known: byId([]) }));
      const look = (tab: (typeof tabs)[number]): void => {
        const before = tab.here;
        const changes = changesSince(tab.known, before);
        if (changes) kept = withChanges(kept, changes);
        tab.known = byId(kept);
        tab.here = merged(tab.here, before, kept, nothingShown);
      };
      for (const { tab: at, does, which } of all) {
        const tab = tabs[at];
        if (!tab) continue;
        const open = tab.here.filter(({ isStored }) => !isStored);
        const one = open[which % Math.max(1, open.length)];
        if (does === "write") tab.here = [...tab.here, waits(`m${count++}`)];
        if (does === "settle" && one) {
          settled.add(one.id);
          tab.here = tab.here.filter(({ id }) => id !== one.id);
        }
        if (does === "look") look(tab);
      }
      for (let round = 0; round < 2; round++) tabs.forEach(look);
      const expected = Array.from({ length: count }, (_, index) => `m${index}`).filter(
        (id) => !settled.has(id),
      );
      expect(ids(kept).toSorted()).toEqual(expected.toSorted());
      for (const { here } of tabs) expect(ids(here.filter(({ isStored }) => !isStored))).toEqual(ids(kept));
    }),
    { numRuns: 2000 },
  );
});
