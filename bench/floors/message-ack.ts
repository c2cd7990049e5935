/**
 * The least program that acknowledges durable messages and can find them again by conversation and place: bare `ws`, JSON,
 * `node:sqlite` with WAL and synchronous=FULL, one commit for each turn of the event loop. No identity, no limits, no
 * repetition check, no delivery to anyone.
 *
 * With `promising` as the second argument a repeated id is stored once, and the sender is shown what was stored.
 */

import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { WebSocketServer } from "ws";
import { commitEachTurn } from "./commit-each-turn.ts";

const promising = process.argv[3] === "promising";
const database = new DatabaseSync(process.argv[2] ?? ":memory:");
database.exec(
  `pragma journal_mode = wal; pragma synchronous = full; create table message (conversation integer, seq integer, id text, body text, primary key (conversation, seq)${promising ? ", unique (conversation, id)" : ""}) without rowid`,
);
const insert = database.prepare("insert into message values (?, ?, ?, ?)");
const find = database.prepare("select seq from message where conversation = ? and id = ?");

const commitThisTurn = commitEachTurn(database);

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
    const found = promising && find.get(conversation, frame.id);
    const place = found ? Number(found.seq) : ++seq;
    commitThisTurn(() => {
      const receipt = { id: frame.id, seq: place, at: new Date().toISOString() };
      if (promising) socket.send(JSON.stringify({ t: "message", message: { ...receipt, text: frame.text } }));
      socket.send(JSON.stringify({ t: "ack", ...receipt }));
    });
    if (!found) insert.run(conversation, place, frame.id, frame.text);
  });
});
