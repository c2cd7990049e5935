/** Text of a WebSocket message → a frame of the protocol, or null for anything that this build does not know. */

import type { ServerFrame } from "../../../shared/protocol.ts";
import {
  type Guard,
  isBoolean,
  isCount,
  isNumber,
  isOneOf,
  isOptional,
  isRecord,
  isShape,
  isText,
  isTextOrNull,
  parseJson,
} from "./shape.ts";
import { isMessage, isReceipts } from "./shapes.ts";

type Frame<Kind extends ServerFrame["t"]> = Extract<ServerFrame, { t: Kind }>;
type Refused = Frame<"refused">;

// A code that this build does not know is still a refusal: whoever shows it falls back to a general text.
const isCode = (value: unknown): value is Refused["code"] => isText(value);

const guards: { readonly [Kind in ServerFrame["t"]]: Guard<Frame<Kind>> } = {
  ready: isShape<Frame<"ready">>({
    t: isOneOf("ready"),
    conversationId: isText,
    lastSeq: isCount,
    readSeq: isCount,
    agent: isReceipts,
    heartbeatMs: isNumber,
  }),
  message: isShape<Frame<"message">>({ t: isOneOf("message"), conversationId: isText, message: isMessage }),
  ack: isShape<Frame<"ack">>({ t: isOneOf("ack"), id: isText, seq: isCount, at: isText }),
  refused: (value): value is Refused =>
    isRecord(value) &&
    isOptional(isText)(value.id) &&
    isCode(value.code) &&
    isOptional(isNumber)(value.retryAfterMs),
  receipt: isShape<Frame<"receipt">>({
    t: isOneOf("receipt"),
    conversationId: isText,
    by: isOneOf("agent", "contact"),
    kind: isOneOf("delivered", "read"),
    seq: isCount,
  }),
  typing: isShape<Frame<"typing">>({
    t: isOneOf("typing"),
    conversationId: isText,
    by: isOneOf("agent", "contact"),
    name: isTextOrNull,
    on: isBoolean,
  }),
  session: isShape<Frame<"session">>({
    t: isOneOf("session"),
    state: isOneOf("expiring", "expired", "revoked"),
    expiresAt: isText,
  }),
  pong: isShape<Frame<"pong">>({ t: isOneOf("pong") }),
  draining: isShape<Frame<"draining">>({ t: isOneOf("draining"), reconnectInMs: isNumber }),
};

export function parseServerFrame(text: string): ServerFrame | null {
  const value = parseJson(text);
  if (!isRecord(value) || !isText(value.t) || !Object.hasOwn(guards, value.t)) return null;
  const guard: Guard<ServerFrame> = guards[value.t as ServerFrame["t"]];
  return guard(value) ? value : null;
}
