/** Socket.IO on one node: what it acknowledges is gone when the process is. */

import { serveChat } from "./socket-io-chat.ts";

serveChat();
