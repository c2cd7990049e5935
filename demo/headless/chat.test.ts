import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildBundles } from "../../.ci/build.ts";
import { agentToken, startTestServer, type TestServer } from "../../server/edge/testing/test-server.ts";

let server: TestServer;
let children: ChildProcess[];
let directory: string;
beforeAll(buildBundles, 120_000);
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "vouch-chat-"));
  server = await startTestServer({ environment: { dataDir: directory } });
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await server.close();
  rmSync(directory, { recursive: true });
});

function chat(...more: string[]) {
  const child = spawn(process.execPath, [
    join(import.meta.dirname, "chat.ts"),
    server.url,
    "acme-web",
    ...more,
  ]);
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output += chunk;
    });
  return {
    output: () => output,
    type: (line: string) => child.stdin.write(`${line}\n`),
    end: () => child.stdin.end(),
    child,
  };
}

async function agentSays(text: string): Promise<void> {
  const list = await server.fetch("/api/v1/agent/conversations", { token: agentToken });
  const { conversations } = (await list.json()) as { conversations: readonly { id: string }[] };
  await server.fetch(`/api/v1/agent/conversations/${conversations[0]?.id}/messages`, {
    token: agentToken,
    json: { id: crypto.randomUUID(), text },
  });
}

test("a signed-in customer writes and reads in a terminal, and is gone once all is sent", {
  timeout: 90_000,
}, async () => {
  const ada = chat(await server.token("ada"));
  ada.type("Is my order on its way?");
  await expect.poll(ada.output, { timeout: 20_000 }).toContain("1 You: Is my order on its way?");
  await agentSays("It is at your door.");
  await expect.poll(ada.output, { timeout: 20_000 }).toContain("2 Acme: It is at your door.");
  ada.type("Thank you!");
  const ended = once(ada.child, "exit");
  ada.end();
  expect(await ended).toEqual([0, null]);
  const { sessionToken } = await server.signIn("ada");
  const page = await server.fetch("/api/v1/conversation/messages", { token: sessionToken });
  const { messages } = (await page.json()) as { messages: readonly { text: string }[] };
  expect(messages.map(({ text }) => text)).toEqual([
    "Is my order on its way?",
    "It is at your door.",
    "Thank you!",
  ]);
});

test("a visitor writes as well, and a bad token is named", { timeout: 90_000 }, async () => {
  const visitor = chat();
  visitor.type("Do you ship to Malta?");
  await expect.poll(visitor.output, { timeout: 20_000 }).toContain("1 You: Do you ship to Malta?");
  const stranger = chat("not-a-token");
  await expect.poll(stranger.output, { timeout: 20_000 }).toContain("token_malformed");
});

test("sends a file and says how far it is; a refused message is edited, another deleted", {
  timeout: 90_000,
}, async () => {
  const path = join(directory, "notes.txt");
  writeFileSync(path, "All of it. ".repeat(50_000));
  const ada = chat(await server.token("ada"));
  ada.type(`/file ${path}`);
  await expect.poll(ada.output, { timeout: 20_000 }).toContain("1 You:  [notes.txt]");
  // What the connection does may be told in between.
  const percents = [...ada.output().matchAll(/\((\d+) %\)/g)].map(([, percent]) => Number(percent));
  expect([percents.length > 1, percents.at(-1)]).toEqual([true, 100]);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  const tooLong = "x".repeat(9000);
  ada.type(tooLong);
  await expect.poll(ada.output, { timeout: 20_000 }).toContain("(not sent: message_too_long) xxx");
  ada.type("/edit In short: it works.");
  await expect.poll(ada.output, { timeout: 20_000 }).toContain("2 You: In short: it works.");
  ada.type(`${tooLong}y`);
  await expect.poll(ada.output, { timeout: 20_000 }).toContain("xy");
  ada.type("/delete");
  const ended = once(ada.child, "exit");
  ada.end();
  expect(await ended).toEqual([0, null]);
  const { sessionToken } = await server.signIn("ada");
  const page = await server.fetch("/api/v1/conversation/messages", { token: sessionToken });
  expect(await page.json()).toMatchObject({
    messages: [{ attachments: [{ name: "notes.txt", type: "text/plain" }] }, { text: "In short: it works." }],
  });
});
