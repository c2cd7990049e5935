import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { startFloor } from "../floors/process.ts";
import { connect, event, readPacket, type SocketIoPacket } from "./socket-io-wire.ts";

test("the peer acknowledges a message and shows it to its room, over the wire the benchmarks speak", async () => {
  const peer = await startFloor(join(import.meta.dirname, "socket-io-ack.ts"));
  try {
    const socket = new WebSocket(peer.url, { perMessageDeflate: false });
    const packets: SocketIoPacket[] = [];
    socket.on("message", (data: Buffer) => packets.push(readPacket(String(data))));
    await once(socket, "message");
    socket.send(connect);
    await once(socket, "message");
    socket.send(event("send", { id: "a", text: "x" }, 7));
    while (packets.length < 4) await once(socket, "message");
    socket.close();
    expect(packets).toEqual([
      { kind: "open" },
      { kind: "connected" },
      { kind: "ack", ackId: 7 },
      { kind: "event", name: "message", payload: expect.objectContaining({ id: "a", seq: 1, text: "x" }) },
    ]);
  } finally {
    await peer.stop();
  }
});
