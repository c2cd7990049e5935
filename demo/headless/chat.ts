/**
 * A customer without a browser: reads the conversation, writes what is typed, prints what agents write.
 *
 *   node demo/headless/chat.ts [URL] [DEPLOYMENT] [CONTACT_JWT]
 *
 * Without a token it is a visitor, where the deployment takes visitors. With `npm start` running, the defaults work.
 * `/file PATH` sends a file. A message that the server refused: `/retry`, `/edit OTHER WORDS`, `/delete`.
 */

import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { createHeadlessClient, type HeadlessState } from "vouch/headless";

const [url = "http://localhost:8080", deploymentId = "acme-visitors", contactJwt] = process.argv.slice(2);

const client = await createHeadlessClient({ url, deploymentId });
client.on("error", ({ error }) => console.error(`${error.code}: ${error.message}`));
client.on("authError", ({ error }) => console.error(`${error.code}: ${error.message}`));

let shownSeq = 0;
let connection = "";
/** The last message that was refused. */
let failedId = "";
/** Files on their way. */
const uploads = new Set<Promise<void>>();

client.subscribe((state) => {
  if (state.connection !== connection) {
    connection = state.connection;
    console.log(`(${connection})`);
  }
  for (const entry of state.thread.entries) show(entry);
});

function show(entry: HeadlessState["thread"]["entries"][number]): void {
  if (entry.kind === "pending") {
    if (entry.status === "sending" || entry.id === failedId) return;
    failedId = entry.id;
    console.log(`(not sent: ${entry.code}) ${entry.text}`);
    return;
  }
  const { seq, author, text, attachments } = entry.message;
  if (seq <= shownSeq) return;
  shownSeq = seq;
  const files = attachments.map(({ name }) => `[${name}]`);
  console.log([seq, `${entry.own ? "You" : (author.name ?? "Agent")}:`, text, ...files].join(" ").trim());
}

async function sendFile(path: string): Promise<void> {
  let shown = -1;
  const onProgress = (part: number): void => {
    const tenths = Math.floor(part * 10);
    if (tenths > shown) console.log(`(${tenths * 10} %)`);
    shown = Math.max(shown, tenths);
  };
  try {
    const file = new File([await openAsBlob(path)], basename(path));
    client.send("", [await client.upload(file, { onProgress })]);
  } catch (error) {
    console.error(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

if (contactJwt) await client.login({ contactJwt });
else client.visit();

const input = createInterface({ input: process.stdin });
input.on("line", (line) => {
  const [, command, rest = ""] = /^\/(\w+) ?(.*)$/.exec(line) ?? [];
  if (command === "file") {
    const upload = sendFile(rest).finally(() => uploads.delete(upload));
    uploads.add(upload);
  } else if (command === "retry") client.retry(failedId);
  else if (command === "edit") client.edit(failedId, rest);
  else if (command === "delete") client.discard(failedId);
  else if (line.trim()) client.send(line);
  client.markRead(shownSeq);
});
// Ctrl-D: what is written is sent first.
input.on("close", async () => {
  await Promise.all(uploads);
  const stop = client.subscribe(({ thread }) => {
    if (thread.entries.some((entry) => entry.kind === "pending" && entry.status === "sending")) return;
    queueMicrotask(() => {
      stop();
      client.close();
    });
  });
});
