/**
 * Socket.IO's wire (Engine.IO 4, Socket.IO protocol 5) as far as the benchmarks need it, so that its server is loaded by the same
 * bare `ws` client as ours: its own client would cost the machine more, and that would count against it.
 */

export type SocketIoPacket =
  /** The transport is open; answer with `connect`. */
  | { readonly kind: "open" }
  | { readonly kind: "connected" }
  /** Answer with `pong`, or be closed. */
  | { readonly kind: "ping" }
  | { readonly kind: "ack"; readonly ackId: number }
  | { readonly kind: "event"; readonly name: string; readonly payload: unknown }
  | { readonly kind: "other" };

export const connect = "40";
export const pong = "3";

/** @param ackId asks for an acknowledgement under this number */
export const event = (name: string, payload: object, ackId?: number): string =>
  `42${ackId ?? ""}${JSON.stringify([name, payload])}`;

export function readPacket(text: string): SocketIoPacket {
  if (text.startsWith("0{")) return { kind: "open" };
  if (text.startsWith("40")) return { kind: "connected" };
  if (text === "2") return { kind: "ping" };
  if (text.startsWith("43")) return { kind: "ack", ackId: Number.parseInt(text.slice(2), 10) };
  if (!text.startsWith("42")) return { kind: "other" };
  const [name, payload] = JSON.parse(text.slice(2)) as [string, unknown];
  return { kind: "event", name, payload };
}
