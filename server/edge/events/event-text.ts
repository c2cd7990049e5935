/** The text of an event stream: HTML standard, section “Server-sent events”, as far as it is spoken here. */

import { payloadOf } from "../websocket/text-frame.ts";

const start = Buffer.from("data: ");
const end = Buffer.from("\n\n");

/** One frame. Its JSON has no line breaks, so that one line holds it. */
export const dataEvent = (frame: Buffer): Buffer => Buffer.concat([start, payloadOf(frame), end]);

/** Ignored by whoever reads: it shows proxies, and the client, that the stream is alive. */
export const comment: Buffer = Buffer.from(":\n\n");

/** The end of what a WebSocket ends with a close frame: the same code, and a problem code as reason. */
export const closeEvent = (code: number, reason: string): Buffer =>
  Buffer.from(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`);
