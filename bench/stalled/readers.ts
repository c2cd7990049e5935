/**
 * A crowd of customers' sockets in a process of its own. Takes the socket's URL, and the session tokens
 * by standard input, one a line and each as often as it is to connect; prints `ready` once all stand. On SIGUSR2 they read nothing
 * more.
 */

import { createInterface } from "node:readline";
import { WebSocket } from "ws";

const [, , url = ""] = process.argv;
const atOnce = 50;

const tokens: string[] = [];
for await (const line of createInterface({ input: process.stdin })) tokens.push(line);

// A process whose sockets all have stopped reading has nothing to wait for, and would end.
setInterval(() => {}, 60_000);

const sockets: WebSocket[] = [];
process.on("SIGUSR2", () => {
  for (const socket of sockets) socket.pause();
});

function connect(token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on("error", reject);
    socket.on("open", () => socket.send(JSON.stringify({ t: "auth", token, delivered: true })));
    socket.once("message", () => {
      sockets.push(socket);
      resolve();
    });
  });
}

for (let from = 0; from < tokens.length; from += atOnce)
  await Promise.all(tokens.slice(from, from + atOnce).map(connect));
console.log("ready");
