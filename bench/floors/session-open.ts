/**
 * The least program that opens a session: node:http, RS256 by jose, one stored row with a commit for each turn of the
 * event loop. Takes the public key (PEM) and the database path as arguments. Its tokens begin with their time, as ours do: rows in
 * the order of random hashes would cost it a page for each session.
 */

import { createHash, createPublicKey, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { jwtVerify } from "jose";
import { commitEachTurn } from "./commit-each-turn.ts";

const [, , pem = "", path = ":memory:"] = process.argv;
const key = createPublicKey(pem);
const database = new DatabaseSync(path);
database.exec(
  "pragma journal_mode = wal; pragma synchronous = full; create table session (hash text primary key, identity text) without rowid",
);
const insert = database.prepare("insert into session values (?, ?)");

const commitThisTurn = commitEachTurn(database);

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { payload } = await jwtVerify(JSON.parse(body).identity.token, key, { algorithms: ["RS256"] });
  const time = Date.now().toString(16).padStart(12, "0");
  const sessionToken = time + randomBytes(32).toString("base64url");
  commitThisTurn(() =>
    response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ sessionToken })),
  );
  insert.run(time + createHash("sha256").update(sessionToken).digest("hex"), String(payload.identity));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
