/** Histories of a server that keeps every promise, for tests of the checker: what it passes, and what it must not. */

import { type MessageNumber, messageNumber } from "../message-number.ts";
import type { Observation } from "./observation.ts";

const writers = 3;
const readers = 3;
const nodes = ["node 1", "node 2"];

interface Device {
  /** Sent and not acknowledged. */
  readonly waiting: MessageNumber[];
  written: number;
}

interface Reading {
  cursor: number;
  /** null: not connected. */
  look: number | null;
}

/** @param random in [0, 1) */
export function imagineHistory(random: () => number, steps: number): readonly Observation[] {
  const history: Observation[] = [];
  const order: MessageNumber[] = [];
  const devices: Device[] = Array.from({ length: writers }, () => ({ waiting: [], written: 0 }));
  const readings: Reading[] = Array.from({ length: readers }, () => ({ cursor: 0, look: null }));
  let looks = 0;
  let contactRead = 0;
  const see = (seen: Observation) => history.push(seen);
  const below = (limit: number) => Math.floor(random() * limit);

  function write(writer: number, device: Device): void {
    const message = messageNumber(writer, device.written++);
    device.waiting.push(message);
    see({ kind: "sent", message });
  }

  /** Stores the oldest that waits; its acknowledgement may be lost, so that it is sent again. */
  function settle(device: Device): void {
    const [message] = device.waiting;
    if (message === undefined) return;
    if (!order.includes(message)) order.push(message);
    if (random() < 0.3) {
      see({ kind: "sent", message });
      return;
    }
    device.waiting.shift();
    see({ kind: "acknowledged", message, seq: order.indexOf(message) + 1 });
  }

  function look(index: number, reading: Reading): void {
    reading.look = looks++;
    reading.cursor = below(reading.cursor + 1);
    see({ kind: "looked", look: reading.look, reader: `reader ${index}`, afterSeq: reading.cursor });
    const positions = { contactDelivered: contactRead, contactRead, agentDelivered: 0, agentRead: 0 };
    see({ kind: "told", look: reading.look, lastSeq: order.length, positions });
  }

  function deliver(reading: Reading): void {
    const message = order[reading.cursor];
    if (reading.look === null || message === undefined) return;
    see({ kind: "delivered", look: reading.look, seq: ++reading.cursor, message });
  }

  function read(): void {
    contactRead = Math.max(contactRead, below(order.length + 1));
    see({ kind: "marking", position: "contactRead", seq: contactRead });
    see({ kind: "marked", position: "contactRead", seq: contactRead });
  }

  for (let step = 0; step < steps; step++) {
    const writer = below(writers);
    const device = devices[writer] as Device;
    const index = below(readers);
    const reading = readings[index] as Reading;
    [
      () => write(writer, device),
      () => settle(device),
      () => settle(device),
      () => look(index, reading),
      () => deliver(reading),
      () => deliver(reading),
      read,
    ][below(7)]?.();
  }
  for (const device of devices) while (device.waiting.length > 0) settle(device);
  readings.forEach((reading, index) => {
    look(index, reading);
    while (reading.cursor < order.length) deliver(reading);
  });
  for (const node of nodes)
    order.forEach((message, index) => {
      see({ kind: "stored", node, seq: index + 1, message });
    });
  return history;
}
