/**
 * One of two nodes of the least program that passes durable messages on: bare `ws`, JSON, one multi-row insert into PostgreSQL
 * for what comes while the one before is under way, then a hint through Redis to the other node. No identity, no limits, no
 * repetition check, no order between nodes, no resuming.
 *
 *   node nodes-deliver.ts DATABASE_URL REDIS_URL CHANNEL
 */

import type { AddressInfo } from "node:net";
import pg from "pg";
import { createClient } from "redis";
import { type WebSocket, WebSocketServer } from "ws";

const [, , databaseUrl = "", redisUrl = "", channel = ""] = process.argv;
const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
// Both nodes may come first.
await database
  .query(
    "create table if not exists floor_message (conversation text, seq integer, id text, body text, primary key (conversation, seq))",
  )
  .catch(() => {});
const publisher = await createClient({ url: redisUrl }).connect();
const subscriber = await createClient({ url: redisUrl }).connect();

interface Waiting {
  readonly row: readonly [conversation: string, seq: number, id: string, body: string];
  readonly stored: () => void;
}

let waiting: Waiting[] = [];
let isStoring = false;
async function store(): Promise<void> {
  if (isStoring) return;
  isStoring = true;
  while (waiting.length > 0) {
    const due = waiting;
    waiting = [];
    const columns = [0, 1, 2, 3].map((column) => due.map(({ row }) => row[column]));
    await database.query(
      "insert into floor_message select * from unnest($1::text[], $2::integer[], $3::text[], $4::text[])",
      columns,
    );
    for (const { stored } of due) stored();
  }
  isStoring = false;
}

const watching = new Set<WebSocket>();
await subscriber.subscribe(channel, (shown) => {
  for (const each of watching) each.send(shown);
});

let conversations = 0;
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false }, () => {
  console.log(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
server.on("connection", (socket, request) => {
  const conversation = `${process.pid}-${conversations++}`;
  let seq = 0;
  if (request.url?.startsWith("/agent")) watching.add(socket);
  socket.on("close", () => watching.delete(socket));
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data));
    if (frame.t === "auth") return socket.send(JSON.stringify({ t: "ready" }));
    const message = { id: frame.id, seq: ++seq, text: frame.text, at: new Date().toISOString() };
    waiting.push({
      row: [conversation, seq, message.id, message.text],
      stored() {
        socket.send(JSON.stringify({ t: "ack", id: message.id, seq: message.seq, at: message.at }));
        const shown = JSON.stringify({ t: "message", conversationId: conversation, message });
        socket.send(shown);
        void publisher.publish(channel, shown);
      },
    });
    void store();
  });
});
