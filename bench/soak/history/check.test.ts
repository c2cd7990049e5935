import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../fuzz/inputs.ts";
import { messageNumber, writerOf } from "../message-number.ts";
import { check } from "./check.ts";
import { imagineHistory } from "./imagined.ts";
import type { Observation, Rule } from "./observation.ts";

type Kind = Observation["kind"];
type Of<Name extends Kind> = Extract<Observation, { kind: Name }>;

const imagined = fc
  .record({ seed: fc.integer(), steps: fc.integer({ min: 60, max: 400 }) })
  .map(({ seed, steps }) => imagineHistory(seededRandom(seed), steps));

/** Any one of a kind, by where it stands in the history. */
const positionsOf = <Name extends Kind>(history: readonly Observation[], kind: Name): number[] =>
  history.flatMap((seen, index) => (seen.kind === kind ? [index] : []));

/** @returns the broken history, or null where this one has nothing to break */
type Plant = (history: readonly Observation[], choose: (limit: number) => number) => Observation[] | null;

function pick<Name extends Kind>(
  history: readonly Observation[],
  kind: Name,
  choose: (limit: number) => number,
): { index: number; seen: Of<Name> } | null {
  const places = positionsOf(history, kind);
  const index = places[choose(places.length)];
  return index === undefined ? null : { index, seen: history[index] as Of<Name> };
}

/** The next delivery of the same look. */
function followed(
  history: readonly Observation[],
  { index, seen: { look } }: { readonly index: number; readonly seen: Of<"delivered"> },
): { readonly index: number; readonly seen: Observation } | null {
  const next = history.findIndex(
    (seen, place) => place > index && seen.kind === "delivered" && seen.look === look,
  );
  const seen = history[next];
  return seen === undefined ? null : { index: next, seen };
}

const without = (history: readonly Observation[], hidden: (seen: Observation) => boolean) =>
  history.filter((seen) => !hidden(seen));

const stranger = messageNumber(9, 9);

const plants: [name: string, rules: readonly Rule[], plant: Plant][] = [
  [
    "an acknowledged message that is gone from the end",
    ["lost"],
    (history) => {
      const last = history.findLast((seen) => seen.kind === "stored");
      return last ? without(history, (seen) => seen.kind === "stored" && seen.seq === last.seq) : null;
    },
  ],
  [
    "an acknowledgement of something that was never stored",
    ["lost"],
    (history) => [
      { kind: "sent", message: stranger },
      ...history,
      { kind: "acknowledged", message: stranger, seq: 1 },
    ],
  ],
  [
    "a message acknowledged under two places",
    ["misplaced"],
    (history, choose) => {
      const found = pick(history, "acknowledged", choose);
      return found && [...history, { ...found.seen, seq: Number(found.seen.seq) + 1 }];
    },
  ],
  [
    "a message stored twice",
    ["doubled"],
    (history, choose) => {
      const found = pick(history, "stored", choose);
      if (!found) return null;
      const end = Math.max(...history.map((seen) => (seen.kind === "stored" ? seen.seq : 0)));
      const again = ["node 1", "node 2"].map((node) => ({ ...found.seen, node, seq: end + 1 }));
      return [...history, ...again];
    },
  ],
  [
    "a message delivered twice in one look",
    ["doubled"],
    (history, choose) => {
      const found = pick(history, "delivered", choose);
      return found && history.toSpliced(found.index, 0, found.seen);
    },
  ],
  [
    "a message left out of a look",
    ["gap"],
    (history, choose) => {
      const found = pick(history, "delivered", choose);
      return found && followed(history, found) !== null ? history.toSpliced(found.index, 1) : null;
    },
  ],
  [
    "two messages of a look in the wrong order",
    ["out of order"],
    (history, choose) => {
      const found = pick(history, "delivered", choose);
      if (!found) return null;
      const next = followed(history, found);
      return next && history.with(found.index, next.seen).with(next.index, found.seen);
    },
  ],
  [
    "a hole in the store",
    ["gap"],
    (history, choose) => {
      const found = pick(history, "stored", choose);
      const { seq, node } = found?.seen ?? {};
      const isLast = !history.some((seen) => seen.kind === "stored" && seen.seq > (seq ?? 0));
      return found && !isLast
        ? without(history, (seen) => seen.kind === "stored" && seen.seq === seq && seen.node === node)
        : null;
    },
  ],
  [
    "two nodes that tell another order",
    ["conflict"],
    (history) => {
      const places = positionsOf(history, "stored").filter(
        (index) => (history[index] as Of<"stored">).node === "node 2",
      );
      const [first, second] = places;
      if (first === undefined || second === undefined) return null;
      const [a, b] = [history[first], history[second]] as [Of<"stored">, Of<"stored">];
      return history.with(first, { ...a, message: b.message }).with(second, { ...b, message: a.message });
    },
  ],
  [
    "a reader who is given another message than is stored there",
    ["conflict"],
    (history, choose) => {
      const found = pick(history, "delivered", choose);
      return found && history.with(found.index, { ...found.seen, message: stranger });
    },
  ],
  [
    "an agent who hears another message than is stored there",
    ["conflict"],
    (history, choose) => {
      const found = pick(history, "stored", choose);
      return (
        found && [...history, { kind: "heard", reader: "agent", seq: found.seen.seq, message: stranger }]
      );
    },
  ],
  [
    "a message that nobody sent",
    ["unsent"],
    (history, choose) => {
      const found = pick(history, "stored", choose);
      const { message } = found?.seen ?? {};
      return found && without(history, (seen) => seen.kind === "sent" && seen.message === message);
    },
  ],
  [
    "a writer's messages stored in another order than sent",
    ["out of order"],
    (history) => {
      const first = history.find((seen) => seen.kind === "stored");
      if (!first) return null;
      const later = messageNumber(writerOf(first.message), 9999);
      const swap = (message: number) => (message === first.message ? later : message);
      // The first of its writer bears a later number than all that follow.
      const follows = history.some(
        (seen) =>
          seen.kind === "stored" &&
          seen.seq > first.seq &&
          writerOf(seen.message) === writerOf(first.message) &&
          history.filter((other) => other.kind === "sent" && other.message === seen.message).length === 1,
      );
      return follows
        ? history.map((seen) => ("message" in seen ? { ...seen, message: swap(seen.message) } : seen))
        : null;
    },
  ],
  [
    "a text that arrived otherwise than it was written",
    ["altered"],
    (history) => [...history, { kind: "altered", reader: "reader 0", seq: 1, what: "another text" }],
  ],
  [
    "a look that is told of less than was acknowledged before it",
    ["stale"],
    (history, choose) => {
      const found = pick(history, "acknowledged", choose);
      return (
        found && [
          ...history,
          { kind: "looked", look: 1e6, reader: "reader 0", afterSeq: 0 },
          { kind: "told", look: 1e6, lastSeq: Number(found.seen.seq) - 1, positions: null },
        ]
      );
    },
  ],
  [
    "a receipt that goes back",
    ["receipt"],
    (history, choose) => {
      const found = pick(history, "marked", choose);
      if (!found || found.seen.seq === 0) return null;
      const positions = { contactDelivered: null, contactRead: 0, agentDelivered: 0, agentRead: 0 };
      return [
        ...history,
        { kind: "looked", look: 1e6, reader: "reader 0", afterSeq: 0 },
        { kind: "told", look: 1e6, lastSeq: 1e6, positions },
      ];
    },
  ],
  [
    "a receipt beyond what was asked for",
    ["receipt"],
    (history, choose) => {
      const found = pick(history, "looked", choose);
      const positions = { contactDelivered: null, contactRead: 0, agentDelivered: 0, agentRead: 1 };
      return found && [...history, { kind: "told", look: found.seen.look, lastSeq: 1e6, positions }];
    },
  ],
  [
    "a message refused for good",
    ["refused"],
    (history, choose) => {
      const found = pick(history, "sent", choose);
      const { message } = found?.seen ?? {};
      return message === undefined
        ? null
        : [...history, { kind: "refused", message, code: "message_conflict", retryable: false }];
    },
  ],
];

test("a history of a server that keeps its promises passes", () => {
  fc.assert(
    fc.property(imagined, (history) => {
      expect(check(history)).toEqual([]);
    }),
  );
});

describe("the checker finds", () => {
  test.each(plants)("%s", (_name, rules, plant) => {
    let planted = 0;
    fc.assert(
      fc.property(imagined, fc.nat(), (history, choice) => {
        const broken = plant(history, (limit) => (limit === 0 ? 0 : choice % limit));
        if (broken === null) return;
        planted++;
        const found = check(broken).map(({ rule }) => rule);
        expect(rules.some((rule) => found.includes(rule))).toBe(true);
      }),
    );
    expect(planted).toBeGreaterThan(30);
  });
});

const [first, second] = [messageNumber(1, 0), messageNumber(1, 1)];
const overtaken: readonly Observation[] = [
  { kind: "sent", message: first },
  { kind: "sent", message: second },
  { kind: "acknowledged", message: second, seq: 1 },
  { kind: "acknowledged", message: first, seq: 2 },
  { kind: "stored", node: "node 1", seq: 1, message: second },
  { kind: "stored", node: "node 1", seq: 2, message: first },
];

test("a message that was refused, or sent again, may be overtaken by a later one of its writer", () => {
  expect(check(overtaken).map(({ rule }) => rule)).toEqual(["out of order"]);
  const refusal: Observation = { kind: "refused", message: first, code: "unavailable", retryable: true };
  expect(check(overtaken.toSpliced(2, 0, refusal))).toEqual([]);
  expect(check(overtaken.toSpliced(3, 0, { kind: "sent", message: first }))).toEqual([]);
});

test("a message whose writer was not told its place must be stored all the same", () => {
  const known: Observation = { kind: "acknowledged", message: first, seq: null };
  const history: Observation[] = [{ kind: "sent", message: first }, known];
  expect(check(history).map(({ rule }) => rule)).toEqual(["lost"]);
  expect(check([...history, { kind: "stored", node: "node 1", seq: 1, message: first }])).toEqual([]);
});

test("an empty history is in order", () => expect(check([])).toEqual([]));
