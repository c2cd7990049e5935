/** All who take part in a round. */

import { agentToken } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { Agent } from "./clients/agent.ts";
import { ConversationLog, firstHeadlessWriter } from "./clients/conversation-log.ts";
import { Customer } from "./clients/customer.ts";
import { Headless } from "./clients/headless.ts";
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
  const identity = `customer-${conversation}`;
  /** One that comes and goes, often a second; sometimes one that has requests alone. */
  const kinds = [Customer, ...(random() < 0.4 ? [Customer] : []), ...(random() < 0.15 ? [Poster] : [])];
  const sessions = await Promise.all(
    kinds.map((_, index) => openSession(urls[index % urls.length] as string, identity)),
  );
  const [first] = sessions;
  if (!first) throw new Error("A customer has one device at least.");
  const place = { round: seedOf(seed), conversation };
  const log = new ConversationLog(place, first.conversation.id);
  const optionsOf = (writer: number) => ({
    name: `customer ${conversation}, device ${writer}`,
    writer,
    urls,
    log,
    random: randomOf(seed, "device", conversation, writer),
    counts,
    expelled,
  });
  const devices: Participant[] = sessions.map(({ sessionToken }, writer) => {
    const Device = kinds[writer] ?? Customer;
    return new Device({ ...optionsOf(writer), sessionToken, postage });
  });
  if (random() < 0.2) devices.push(await Headless.signIn({ ...optionsOf(firstHeadlessWriter), identity }));
  return { talk: { log, sessionToken: first.sessionToken }, devices };
}
