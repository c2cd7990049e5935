/**
 * A customer without a browser: reads the conversation, writes what is typed, prints what agents write.
 *
 *   node demo/headless/chat.mjs [URL] [DEPLOYMENT] [CONTACT_JWT]
 *
 * Without a token it is a visitor, where the deployment takes visitors. With `npm start` running, the defaults work.
 */

import { createInterface } from "node:readline";
import { createHeadlessClient } from "../../widget/headless/headless.ts";

const [url = "http://localhost:8080", deploymentId = "acme-visitors", contactJwt] = process.argv.slice(2);

const client = await createHeadlessClient({ url, deploymentId });
client.on("error", ({ error }) => console.error(`${error.code}: ${error.message}`));
client.on("authError", ({ error }) => console.error(`${error.code}: ${error.message}`));

let shownSeq = 0;
let connection = "";
client.subscribe((state) => {
  if (state.connection !== connection) {
    connection = state.connection;
    console.log(`(${connection})`);
  }
  for (const entry of state.thread.entries) {
    if (entry.kind !== "message" || entry.message.seq <= shownSeq) continue;
    const { seq, author, text } = entry.message;
    shownSeq = seq;
    console.log(`${seq} ${author.kind === "contact" ? "You" : (author.name ?? "Agent")}: ${text}`);
  }
});

if (contactJwt) await client.login({ contactJwt });
else client.visit();

const input = createInterface({ input: process.stdin });
input.on("line", (line) => {
  if (line.trim()) client.send(line);
  client.markRead(shownSeq);
});
// Ctrl-D: what is written is sent first.
input.on("close", () => {
  const stop = client.subscribe(({ thread }) => {
    if (thread.entries.some(({ kind }) => kind === "pending")) return;
    queueMicrotask(() => {
      stop();
      client.close();
    });
  });
});
