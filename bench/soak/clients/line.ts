/** A client's WebSocket: says who it is, keeps its pulse, and is given up where nothing is heard. */

import { WebSocket } from "ws";
import { heartbeatMs } from "../world/world.ts";

export interface Frame {
  readonly t: string;
  readonly [member: string]: unknown;
}

export interface LineEvents {
  /** @param frame of any kind but `pong` */
  frame(frame: Frame): void;
  /** Once, whatever ended it. @param code 1006 where it just ended */
  closed(code: number, reason: string): void;
}

export interface Line {
  send(frame: object): void;
  /** With a closing handshake. */
  close(): void;
  /** Without. */
  cut(): void;
}

/** Opening, and each silence after it, last this long at most. */
const silenceMs = 2 * heartbeatMs;

export function openLine(address: string, auth: object, events: LineEvents): Line {
  const socket = new WebSocket(address, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
    handshakeTimeout: silenceMs,
  });
  let heardAt = performance.now();
  let admitted = false;
  const pulse = setInterval(() => {
    if (performance.now() - heardAt > silenceMs) socket.terminate();
    // Not before: a frame that overtakes the answer to the first one is an error of the client.
    else if (admitted) send({ t: "ping" });
  }, heartbeatMs / 2);

  function send(frame: object): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  socket.on("open", () => send(auth));
  socket.on("message", (data) => {
    heardAt = performance.now();
    admitted = true;
    const frame = JSON.parse(String(data)) as Frame;
    if (frame.t !== "pong") events.frame(frame);
  });
  socket.on("error", () => {});
  socket.on("close", (code, reason) => {
    clearInterval(pulse);
    events.closed(code, String(reason));
  });
  return { send, close: () => socket.close(), cut: () => socket.terminate() };
}
