/** All who take part in a round. */

import { agentToken } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { Agent } from "./clients/agent.ts";
import { ConversationLog } from "./clients/conversation-log.ts";
import { Customer, type CustomerOptions } from "./clients/customer.ts";
import { Messenger } from "./clients/messenger.ts";
import type { Counts, Postage } from "./clients/outbox.ts";
import { Poster } from "./clients/poster.ts";
import { randomOf, seedOf } from "./plan.ts";

export interface CrowdOptions {
  readonly seed: string;
  /** Of all nodes, as clients reach them. */
  readonly urls: readonly string[];
  readonly conversations: number;
  readonly agents: number;
  readonly postage: Postage;
  readonly counts: Counts;
  expelled(reason: string): void;
}

/** What all clients have in common. */
export interface Participant {
  readonly name: string;
  /** Everything it wrote is acknowledged, and it has everything that was. */
  readonly settled: boolean;
  /** Writes nothing new from now on. */
  finish(): void;
  stop(): void;
}

export interface Talk {
  readonly log: ConversationLog;
  /** Of the customer's first device. */
  readonly sessionToken: string;
}

export interface Crowd {
  readonly talks: readonly Talk[];
  readonly participants: readonly Participant[];
  readonly agents: readonly Agent[];
}

/**
 * Devices of one customer: one with a plain socket that comes and goes, often a second, sometimes one with the messenger's
 * own transport, or one that has requests alone.
 */
const kinds = { socket: Customer, messenger: Messenger, requests: Poster } as const;
type Kind = keyof typeof kinds;

export async function gatherCrowd(options: CrowdOptions): Promise<Crowd> {
  const { seed, urls, counts, postage, expelled } = options;
  const gathered = await Promise.all(
    Array.from({ length: options.conversations }, (_, conversation) => joinIn(conversation, options)),
  );
  const agents = Array.from(
    { length: options.agents },
    (_, number) =>
      new Agent({
        name: `agent ${number}`,
        number,
        urls,
        token: agentToken,
        logs: gathered.map(({ talk }) => talk.log),
        postage,
        random: randomOf(seed, "agent", number),
        counts,
        expelled,
      }),
  );
  return {
    talks: gathered.map(({ talk }) => talk),
    participants: [...gathered.flatMap(({ devices }) => devices), ...agents],
    agents,
  };
}

async function joinIn(
  conversation: number,
  { seed, urls, postage, counts, expelled }: CrowdOptions,
): Promise<{ readonly talk: Talk; readonly devices: readonly Participant[] }> {
  const random = randomOf(seed, "customer", conversation);
  const devicesOf: Kind[] = ["socket"];
  if (random() < 0.4) devicesOf.push("socket");
  if (random() < 0.25) devicesOf.push("messenger");
  if (random() < 0.15) devicesOf.push("requests");
  const sessions = await Promise.all(
    devicesOf.map((_, index) => openSession(urls[index % urls.length] as string, `customer-${conversation}`)),
  );
  const [first] = sessions;
  if (!first) throw new Error("A customer has one device at least.");
  const place = { round: seedOf(seed), conversation };
  const log = new ConversationLog(place, first.conversation.id);
  const devices = sessions.map(({ sessionToken }, writer) => {
    const options: CustomerOptions = {
      name: `customer ${conversation}, device ${writer}`,
      writer,
      urls,
      sessionToken,
      log,
      postage,
      random: randomOf(seed, "device", conversation, writer),
      counts,
      expelled,
    };
    return new kinds[devicesOf[writer] ?? "socket"](options);
  });
  return { talk: { log, sessionToken: first.sessionToken }, devices };
}
