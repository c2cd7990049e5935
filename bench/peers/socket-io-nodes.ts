/**
 * One of two nodes of Socket.IO with its Redis adapter.
 *
 *   node socket-io-nodes.ts REDIS_URL KEY
 */

import { createShardedAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { serveChat } from "./socket-io-chat.ts";

const [, , url = "", channelPrefix = ""] = process.argv;
const [publisher, subscriber] = await Promise.all([
  createClient({ url }).connect(),
  createClient({ url }).connect(),
]);
serveChat(createShardedAdapter(publisher, subscriber, { channelPrefix }));
