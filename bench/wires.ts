/** What a customer's end says and hears when it counts acknowledgements: as little as can be, for it shares the machine. */

import { randomUUID } from "node:crypto";
import { connect, event, pong, readPacket } from "./peers/socket-io-wire.ts";

export type Heard =
  /** Messages may be sent. */
  | { readonly kind: "ready" }
  /** @see Wire.say */
  | { readonly kind: "acknowledged"; readonly key: string }
  | { readonly kind: "reply"; readonly frame: string }
  | { readonly kind: "other" };

export interface Wire {
  /** To be sent first; null: the server speaks first. */
  readonly opening: string | null;
  /** @returns the frame, and what the acknowledgement will name it by */
  say(text: string): { readonly key: string; readonly frame: string };
  /** @throws where the message was refused */
  hear(data: Buffer): Heard;
}

const ready: Heard = { kind: "ready" };
const other: Heard = { kind: "other" };

/** Ours, and the floors, which speak the same frames. */
export const ourWire = (token: string): Wire => ({
  opening: JSON.stringify({ t: "auth", token, delivered: true }),
  say(text) {
    const id = randomUUID();
    return { key: id, frame: `{"t":"send","id":"${id}","text":${JSON.stringify(text)}}` };
  },
  hear(data) {
    const head = data.toString("latin1", 0, 14);
    if (head.startsWith('{"t":"ack"')) return { kind: "acknowledged", key: JSON.parse(String(data)).id };
    if (head.startsWith('{"t":"ready"')) return ready;
    if (head.startsWith('{"t":"refused"')) throw new Error(String(data));
    return other;
  },
});

export function socketIoWire(): Wire {
  let acks = 0;
  return {
    opening: null,
    say(text) {
      const ackId = acks++;
      return { key: String(ackId), frame: event("send", { id: randomUUID(), text }, ackId) };
    },
    hear(data) {
      // The message comes back as an event: its start tells, as it does above.
      if (data[0] === 0x34 && data[1] === 0x32) return other;
      const packet = readPacket(String(data));
      if (packet.kind === "ack") return { kind: "acknowledged", key: String(packet.ackId) };
      if (packet.kind === "open") return { kind: "reply", frame: connect };
      if (packet.kind === "ping") return { kind: "reply", frame: pong };
      return packet.kind === "connected" ? ready : other;
    },
  };
}
