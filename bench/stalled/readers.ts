/**
 * A crowd of customers' sockets in a process of its own. Takes the socket's URL, `attentive` or `stalled`, and the session tokens
 * by standard input, one a line and each as often as it is to connect; prints `ready` once all stand. Stalled, they shake hands,
 * say who they are, and read nothing more.
 */

import { createInterface } from "node:readline";
import { WebSocket } from "ws";

const [, , url = "", attention = "attentive"] = process.argv;
const atOnce = 50;

const tokens: string[] = [];
for await (const line of createInterface({ input: process.stdin })) tokens.push(line);

function connect(token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on("error", reject);
    socket.on("open", () => socket.send(JSON.stringify({ t: "auth", token })));
    socket.once("message", () => {
      if (attention === "stalled") socket.pause();
      resolve();
    });
  });
}

for (let from = 0; from < tokens.length; from += atOnce)
  await Promise.all(tokens.slice(from, from + atOnce).map(connect));
console.log("ready");
