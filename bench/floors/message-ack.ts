/**
 * The least program that acknowledges durable messages: bare `ws`, JSON, `node:sqlite` with WAL and synchronous=FULL, one
 * commit for each turn of the event loop. No identity, no limits, no repetition check, no delivery to anyone.
 */

import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { WebSocketServer } from "ws";

const database = new DatabaseSync(process.argv[2] ?? ":memory:");
database.exec(
  "pragma journal_mode = wal; pragma synchronous = full; create table message (conversation integer, seq integer, id text, body text, primary key (conversation, seq)) without rowid",
);
const insert = database.prepare("insert into message values (?, ?, ?, ?)");

let waiting: (() => void)[] = [];
function commitThisTurn(acknowledge: () => void): void {
  if (waiting.push(acknowledge) > 1) return;
  database.exec("begin");
  setImmediate(() => {
    database.exec("commit");
    const due = waiting;
    waiting = [];
    for (const done of due) done();
  });
}

let conversations = 0;
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false }, () => {
  console.log(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
server.on("connection", (socket) => {
  const conversation = conversations++;
  let seq = 0;
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data));
    if (frame.t === "auth") return socket.send(JSON.stringify({ t: "ready" }));
    const place = ++seq;
    commitThisTurn(() =>
      socket.send(JSON.stringify({ t: "ack", id: frame.id, seq: place, at: new Date().toISOString() })),
    );
    insert.run(conversation, place, frame.id, frame.text);
  });
});
