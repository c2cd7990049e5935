/**
 * The least program that passes durable messages on: bare `ws`, JSON, `node:sqlite` with WAL and synchronous=FULL, one commit for
 * each turn of the event loop, and then to everybody who watches. No identity, no limits, no repetition check, no resuming.
 */

import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { type WebSocket, WebSocketServer } from "ws";
import { commitEachTurn } from "./commit-each-turn.ts";

const database = new DatabaseSync(process.argv[2] ?? ":memory:");
database.exec(
  "pragma journal_mode = wal; pragma synchronous = full; create table message (conversation integer, seq integer, id text, body text, primary key (conversation, seq)) without rowid",
);
const insert = database.prepare("insert into message values (?, ?, ?, ?)");

const commitThisTurn = commitEachTurn(database);

const watching = new Set<WebSocket>();
let conversations = 0;
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false }, () => {
  console.log(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
server.on("connection", (socket, request) => {
  const conversation = conversations++;
  let seq = 0;
  if (request.url?.startsWith("/agent")) watching.add(socket);
  socket.on("close", () => watching.delete(socket));
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data));
    if (frame.t === "auth") return socket.send(JSON.stringify({ t: "ready" }));
    const message = { id: frame.id, seq: ++seq, text: frame.text, at: new Date().toISOString() };
    commitThisTurn(() => {
      socket.send(JSON.stringify({ t: "ack", id: message.id, seq: message.seq, at: message.at }));
      const shown = JSON.stringify({ t: "message", conversationId: conversation, message });
      for (const each of [socket, ...watching]) each.send(shown);
    });
    insert.run(conversation, message.seq, message.id, message.text);
  });
});
