import type { AgentServerFrame, Message, ServerFrame } from "../../../shared/protocol.ts";
import { textFrame } from "./text-frame.ts";

export const encodeFrame = (frame: ServerFrame | AgentServerFrame): Buffer =>
  textFrame(JSON.stringify(frame));

/**
 * A message's frame, made once for all sockets that show it. The bus hands one message object to every listener in one
 * go, so remembering the last one is all the memory that takes.
 */
export function createMessageEncoder(): (conversationId: string, message: Message) => Buffer {
  let last: { readonly message: Message; readonly frame: Buffer } | null = null;
  return (conversationId, message) => {
    if (last?.message !== message)
      last = { message, frame: encodeFrame({ t: "message", conversationId, message }) };
    return last.frame;
  };
}
