import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminToken, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ limits: { messagesPerSecond: 100_000, messageBurst: 100_000 } });
});
afterAll(() => server.close());

const kinds = ["auth", "send", "read", "delivered", "typing", "ping", "nope", "__proto__"];
const anyFrame = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.json(),
  fc
    .record(
      {
        t: fc.constantFrom(...kinds),
        id: fc.oneof(fc.uuid(), fc.string(), fc.integer()),
        text: fc.oneof(fc.string({ unit: "binary" }), fc.integer()),
        seq: fc.oneof(fc.integer(), fc.double(), fc.string()),
        on: fc.oneof(fc.boolean(), fc.string()),
        token: fc.oneof(fc.string(), fc.integer()),
        conversationId: fc.string(),
        attachments: fc.oneof(fc.array(fc.string()), fc.string()),
      },
      { requiredKeys: ["t"] },
    )
    .map((frame) => JSON.stringify(frame)),
);

/** Whatever was sent, the socket answers the ping behind it or is closed with a code of the contract. */
async function survives(path: string, token: string, frames: readonly string[]): Promise<void> {
  const socket = server.socket(path);
  socket.send({ t: "auth", token });
  await socket.next("ready");
  for (const frame of frames) socket.send(frame);
  socket.send({ t: "ping" });
  const code = await Promise.race([socket.closed, socket.next("pong").then(() => null)]).catch(
    () => socket.closed,
  );
  expect([null, 4400, 4413]).toContain(code);
  socket.close();
}

test("no frames of a customer crash the server or leave it without an answer", async () => {
  const { sessionToken } = await server.visit();
  await fc.assert(
    fc.asyncProperty(fc.array(anyFrame, { maxLength: 5 }), (frames) =>
      survives("/api/v1/socket", sessionToken, frames),
    ),
    { numRuns: 150 },
  );
});

test("no frames of an agent do", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFrame, { maxLength: 5 }), (frames) =>
      survives("/api/v1/agent/socket", adminToken, frames),
    ),
    { numRuns: 100 },
  );
  expect((await server.fetch("/healthz")).status).toBe(200);
  expect(server.logged.filter((line) => line.includes("_failed"))).toEqual([]);
});
