/** Events as text between nodes, which may be of different releases: what is not understood is left out. */

import * as v from "valibot";
import type { DeskAgent, Message } from "../../shared/protocol.ts";
import type { ConfigurationEvent, ConversationEvent, PresenceEvent, SessionEvent, Topics } from "./bus.ts";

type Topic = keyof Topics;
type Shape<T> = v.GenericSchema<unknown, T>;

const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const side = v.picklist(["agent", "contact"]);
const receipts = v.object({ conversationId: v.string(), seq });

/** Members that a newer release adds go through. */
const message = v.looseObject({
  id: v.string(),
  seq,
  author: v.looseObject({
    kind: v.picklist(["contact", "agent", "system"]),
    name: v.nullable(v.string()),
  }),
  text: v.string(),
  attachments: v.array(
    v.looseObject({ id: v.string(), name: v.string(), type: v.string(), size: v.number() }),
  ),
  at: v.string(),
  verified: v.boolean(),
}) satisfies Shape<Message>;

const conversationId = v.string();

const conversationKinds = {
  message: v.object({ kind: v.literal("message"), conversationId, message }),
  receipt: v.object({
    ...receipts.entries,
    kind: v.literal("receipt"),
    by: side,
    receipt: v.picklist(["delivered", "read"]),
  }),
  typing: v.object({
    kind: v.literal("typing"),
    conversationId,
    by: side,
    name: v.nullable(v.string()),
    on: v.boolean(),
  }),
  changed: v.object({
    kind: v.literal("changed"),
    conversationId,
    state: v.picklist(["open", "waiting", "closed"]),
    assignee: v.nullable(v.string()),
  }),
  moved: v.object({ kind: v.literal("moved"), conversationId, to: v.string() }),
} satisfies {
  [Kind in Exclude<ConversationEvent["kind"], "reached">]: Shape<Extract<ConversationEvent, { kind: Kind }>>;
};

const { message: said, receipt, typing, changed, moved } = conversationKinds;
const conversation = v.variant("kind", [said, receipt, typing, changed, moved]);

const agent = v.looseObject({ name: v.string() }) satisfies Shape<DeskAgent>;

const schemas = {
  conversation,
  conversations: conversation,
  session: v.object({ kind: v.literal("ended"), sessionId: v.string() }),
  presence: v.object({
    kind: v.literal("presence"),
    nodeId: v.string(),
    agents: v.array(agent),
    asks: v.boolean(),
  }),
  configuration: v.object({ kind: v.literal("changed"), revision: v.number() }),
} satisfies {
  conversation: Shape<ConversationEvent>;
  conversations: Shape<ConversationEvent>;
  session: Shape<SessionEvent>;
  presence: Shape<PresenceEvent>;
  configuration: Shape<ConfigurationEvent>;
};

/** What stands before the colon of a topic. */
type Family<T extends string> = T extends `${infer Before}:${string}` ? Before : T;

/** An event often goes to two topics, one right after the other. */
let last: { readonly event: unknown; readonly text: string } | null = null;

export function eventText(event: Topics[Topic]): string {
  if (last?.event !== event) last = { event, text: JSON.stringify(event) };
  return last.text;
}

/** @returns null where it is no event of the topic that this release knows */
export function parseEvent<T extends Topic>(topic: T, text: string): Topics[T] | null {
  const family = topic.replace(/:.*$/, "") as Family<Topic>;
  const parsed = v.safeParse(schemas[family], parseJson(text));
  return parsed.success ? (parsed.output as Topics[T]) : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
