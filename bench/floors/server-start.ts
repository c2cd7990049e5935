/** The least server: node:http and an empty database on disk. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";

new DatabaseSync(process.argv[2] ?? ":memory:").exec(
  "pragma journal_mode = wal; create table empty (id integer)",
);
const server = createServer((_, response) => response.end());
server.listen(0, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
