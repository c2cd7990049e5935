import { indexOf, type MessageNumber, writerOf } from "../message-number.ts";
import type { Observation, Violation } from "./observation.ts";
import type { Sends } from "./sends.ts";

export interface Stored {
  /** By `seq` − 1, as the first node tells it. */
  readonly order: readonly MessageNumber[];
  readonly violations: readonly Violation[];
}

type StoredMessage = Extract<Observation, { kind: "stored" }>;

/** The order that everybody must agree with, and whether it is one. */
export function readStored(history: readonly Observation[], sends: Sends): Stored {
  const byNode = Map.groupBy(
    history.filter((seen): seen is StoredMessage => seen.kind === "stored"),
    ({ node }) => node,
  );
  const [first, ...others] = byNode.values();
  const order = (first ?? []).map(({ message }) => message);
  return {
    order,
    violations: [
      ...[...byNode].flatMap(([node, messages]) => dense(node, messages)),
      ...others.flatMap((messages) => sameOrder(order, messages)),
      ...onceEach(order, sends),
      ...acknowledgedAreStored(order, sends),
      ...inWritersOrder(order, sends),
    ],
  };
}

function dense(node: string, messages: readonly StoredMessage[]): Violation[] {
  return messages.flatMap(({ seq }, index) =>
    seq === index + 1
      ? []
      : [{ rule: "gap", detail: `${node} has ${seq} at the place of ${index + 1}.` } as const],
  );
}

function sameOrder(order: readonly MessageNumber[], messages: readonly StoredMessage[]): Violation[] {
  const violations: Violation[] = messages.flatMap(({ node, message }, index) =>
    order[index] === message
      ? []
      : [
          {
            rule: "conflict",
            detail: `${node} has ${message} at ${index + 1}, another node ${order[index]}.`,
          },
        ],
  );
  if (messages.length < order.length)
    violations.push({
      rule: "conflict",
      detail: `One node has ${messages.length} of ${order.length} messages.`,
    });
  return violations;
}

function onceEach(order: readonly MessageNumber[], { sent }: Sends): Violation[] {
  const places = new Map<MessageNumber, number>();
  return order.flatMap((message, index): Violation[] => {
    const before = places.get(message);
    places.set(message, index + 1);
    if (before !== undefined)
      return [{ rule: "doubled", detail: `Message ${message} is stored at ${before} and at ${index + 1}.` }];
    if (!sent.has(message))
      return [{ rule: "unsent", detail: `Message ${message} at ${index + 1} was never sent.` }];
    return [];
  });
}

function acknowledgedAreStored(order: readonly MessageNumber[], { acknowledged }: Sends): Violation[] {
  const stored = new Set(order);
  return [...acknowledged].flatMap(([message, seq]): Violation[] => {
    if (!stored.has(message))
      return [
        {
          rule: "lost",
          detail: `Message ${message} was acknowledged at ${seq ?? "some place"} and is not stored.`,
        },
      ];
    if (seq !== null && order[seq - 1] !== message)
      return [
        {
          rule: "misplaced",
          detail: `Message ${message} was acknowledged at ${seq}, where ${order[seq - 1]} is stored.`,
        },
      ];
    return [];
  });
}

/** What is in doubt may have been overtaken; nothing else may. */
function inWritersOrder(order: readonly MessageNumber[], { doubted }: Sends): Violation[] {
  const newest = new Map<number, number>();
  return order.flatMap((message): Violation[] => {
    const writer = writerOf(message);
    const before = newest.get(writer) ?? -1;
    newest.set(writer, Math.max(before, indexOf(message)));
    if (indexOf(message) > before || doubted.has(message)) return [];
    return [{ rule: "out of order", detail: `Message ${message} stands behind a later one of its writer.` }];
  });
}
