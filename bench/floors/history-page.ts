/**
 * The least program that answers with a page of history: node:http and `node:sqlite`, one table in the order of its pages. Takes
 * the path of the database and fills it: conversation 1 with as many messages as the second argument says.
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";

const [, , path = ":memory:", count = "1000"] = process.argv;
const database = new DatabaseSync(path);
database.exec(`
  pragma journal_mode = wal;
  create table message (conversation integer, seq integer, id text, author text, text text, at text, primary key (conversation, seq)) without rowid;
  insert into message
    with recursive n(seq) as (select 1 union all select seq + 1 from n where seq < ${Number(count)})
    select 1, seq, printf('%08x-0000-4000-8000-000000000000', seq), 'contact', 'Message ' || seq || ' of a long conversation', '2026-11-21T09:30:00.000Z' from n;
`);
const before = database.prepare(
  "select seq, id, author, text, at from message where conversation = 1 and seq < ? order by seq desc limit ?",
);

const server = createServer((request, response) => {
  const query = new URL(request.url ?? "", "http://floor").searchParams;
  const page = before.all(Number(query.get("before")), Number(query.get("limit"))).reverse();
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ messages: page, lastSeq: Number(count) }));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
