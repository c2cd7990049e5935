/** Bare `ws`: takes sockets, answers their first frame, and keeps them. */

import "../memory/collect-on-signal.ts";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false }, () => {
  console.log(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
server.on("connection", (socket) => {
  socket.on("message", () => socket.send(JSON.stringify({ t: "ready" })));
});
