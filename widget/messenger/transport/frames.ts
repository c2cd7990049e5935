/** Text of a WebSocket message → a frame of the protocol, or null for anything that this build does not know. */

import type { ServerFrame } from "../../../shared/protocol.ts";
import { type Guard, isCount, isRecord, isShape, isText, parseJson } from "./shape.ts";
import { isMessage, isReceipts } from "./shapes.ts";

type Frame<Kind extends ServerFrame["t"]> = Extract<ServerFrame, { t: Kind }>;

const guards: { readonly [Kind in ServerFrame["t"]]: Guard<Frame<Kind>> } = {
  ready: isShape<Frame<"ready">>({ readSeq: isCount, agent: isReceipts, heartbeatMs: isCount }),
  message: isShape<Frame<"message">>({ message: isMessage }),
  ack: isShape<Frame<"ack">>({ id: isText, seq: isCount, at: isText }),
  // A code that this build does not know is still a refusal: whoever shows it falls back to a general text.
  refused: isShape<Frame<"refused">>({ code: isText }),
  receipt: isShape<Frame<"receipt">>({ by: isText, kind: isText, seq: isCount }),
  typing: isShape<Frame<"typing">>({ by: isText }),
  session: isShape<Frame<"session">>({ state: isText, expiresAt: isText }),
  pong: isShape<Frame<"pong">>({}),
  draining: isShape<Frame<"draining">>({ reconnectInMs: isCount }),
};

export function parseServerFrame(text: string): ServerFrame | null {
  const value = parseJson(text);
  if (!isRecord(value) || !isText(value.t) || !Object.hasOwn(guards, value.t)) return null;
  const guard: Guard<ServerFrame> = guards[value.t as ServerFrame["t"]];
  return guard(value) ? value : null;
}
