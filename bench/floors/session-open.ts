/**
 * The least program that opens a session: node:http, RS256 by jose, one stored row with a commit for each turn of the
 * event loop. Takes the public key (PEM) and the database path as arguments. Its tokens begin with their time, as ours do: rows in
 * the order of random hashes would cost it a page for each session.
 *
 * With `promising` as the third argument it keeps more of what a session is for, and as little of each as will do: the customer
 * and the conversation are found again by identity or made, a revoked token opens nothing, a logout can find the sessions of
 * the customer and the token of the session, a sweep those that are over, and the answer says all of it.
 */

import { createHash, createPublicKey, randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { jwtVerify } from "jose";
import { commitEachTurn } from "./commit-each-turn.ts";

const [, , pem = "", path = ":memory:", mode] = process.argv;
const key = createPublicKey(pem);
const database = new DatabaseSync(path);
database.exec(`
  pragma journal_mode = wal;
  pragma synchronous = full;
  create table session (hash text primary key, identity text) without rowid;
  create table contact (identity text primary key, id text, name text, conversation text) without rowid;
  create table revoked (hash text primary key) without rowid;
  create table kept_session (hash text primary key, contact text, token text, expires_at integer) without rowid;
  create index session_of_contact on kept_session (contact);
  create index session_expiry on kept_session (expires_at);
`);
const insert = database.prepare("insert into session values (?, ?)");
const findRevoked = database.prepare("select 1 from revoked where hash = ?");
const findContact = database.prepare("select id, name, conversation from contact where identity = ?");
const addContact = database.prepare(
  "insert into contact values (?, ?, ?, ?) returning id, name, conversation",
);
const keep = database.prepare("insert into kept_session values (?, ?, ?, ?)");
const dayMs = 86_400_000;

const commitThisTurn = commitEachTurn(database);
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** @returns what the answer says beside the token */
function open(identity: string, identityToken: string, hash: string): object {
  const token = sha256(identityToken);
  if (findRevoked.get(token)) throw new Error("The token is revoked.");
  const contact = findContact.get(identity) ?? addContact.get(identity, randomUUID(), identity, randomUUID());
  const expiresAt = Date.now() + dayMs;
  keep.run(hash, contact?.id ?? null, token, expiresAt);
  return {
    expiresAt: new Date(expiresAt).toISOString(),
    contact: { id: contact?.id, name: contact?.name, verified: true },
    conversation: { id: contact?.conversation, lastSeq: 0, state: "open" },
  };
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { token } = JSON.parse(body).identity;
  const { payload } = await jwtVerify(token, key, { algorithms: ["RS256"] });
  const time = Date.now().toString(16).padStart(12, "0");
  const sessionToken = time + randomBytes(32).toString("base64url");
  let answer: object = {};
  commitThisTurn(() =>
    response
      .writeHead(201, { "content-type": "application/json" })
      .end(JSON.stringify({ sessionToken, ...answer })),
  );
  const hash = time + sha256(sessionToken);
  if (mode === "promising") answer = open(String(payload.identity), token, hash);
  else insert.run(hash, String(payload.identity));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
