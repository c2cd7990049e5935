/**
 * One of two nodes of Socket.IO with its Redis adapter, as `socket-io-ack.ts` otherwise: acknowledged, passed on to both nodes,
 * nothing stored.
 *
 *   node socket-io-nodes.ts REDIS_URL KEY
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createShardedAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

const [, , redisUrl = "", key = ""] = process.argv;
const [publisher, subscriber] = await Promise.all([
  createClient({ url: redisUrl }).connect(),
  createClient({ url: redisUrl }).connect(),
]);
const http = createServer();
const io = new Server(http, {
  transports: ["websocket"],
  perMessageDeflate: false,
  serveClient: false,
  adapter: createShardedAdapter(publisher, subscriber, { channelPrefix: key }),
});

let rooms = 0;
io.on("connection", (socket) => {
  const room = `conversation:${process.pid}:${rooms++}`;
  let seq = 0;
  void socket.join(room);
  socket.on("watch", () => void socket.join("agents"));
  socket.on("send", (message: { id: string; text: string }, acknowledge: (receipt: object) => void) => {
    const receipt = { id: message.id, seq: ++seq, at: new Date().toISOString() };
    acknowledge(receipt);
    io.to(room)
      .to("agents")
      .emit("message", { ...receipt, text: message.text });
  });
});

http.listen(0, "127.0.0.1", () => {
  const { port } = http.address() as AddressInfo;
  console.log(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
});
