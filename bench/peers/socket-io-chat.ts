import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type ServerOptions } from "socket.io";

/**
 * Socket.IO as a chat server: acknowledges what a client sends, passes it on to the client's own room and to whoever asked to
 * `watch` all of them. Nothing is stored. Prints its address as a WebSocket URL; `socket-io-wire.ts` speaks to it.
 */
export function serveChat(adapter?: ServerOptions["adapter"]): void {
  const http = createServer();
  const io = new Server(http, {
    // WebSockets alone, uncompressed, as ours: no long polling before it.
    transports: ["websocket"],
    perMessageDeflate: false,
    serveClient: false,
    ...(adapter && { adapter }),
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
}
