import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { ifLate } from "../../../.ci/if-late.ts";
import { adminToken, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
afterEach(() => server.close());

/** Nobody is sent away for being slow to say who it is. */
const limits = { unauthenticatedSocketsPerAddress: 3, socketAuthMs: 60_000 };

const connect = (path = "/api/v1/socket", headers: Record<string, string> = {}): WebSocket =>
  new WebSocket(server.url.replace("http", "ws") + path, { headers });

/** 101, or the status of the refusal. */
async function statusOf(socket: WebSocket): Promise<number> {
  const [response] = await Promise.race([
    once(socket, "upgrade"),
    once(socket, "unexpected-response").then(([, refusal]) => [refusal]),
  ]);
  socket.on("error", () => {});
  return response.statusCode;
}

async function statuses(count: number, path?: string, headers?: Record<string, string>): Promise<number[]> {
  const found = [];
  for (let n = 0; n < count; n++) found.push(await statusOf(connect(path, headers)));
  return found;
}

test("one address holds so many sockets that have not said who they are, of both kinds together", async () => {
  server = await startTestServer({ limits });
  expect(await statuses(2)).toEqual([101, 101]);
  expect(await statuses(3, "/api/v1/agent/socket")).toEqual([101, 429, 429]);
});

test("who has said who it is takes no place, and who is gone gives it back", async () => {
  server = await startTestServer({ limits });
  const { sessionToken } = await server.visit();
  for (let n = 0; n < 5; n++) await server.live(sessionToken);
  const agent = server.socket("/api/v1/agent/socket");
  agent.send({ t: "auth", token: adminToken });
  await agent.next("ready");
  for (let n = 0; n < 5; n++) {
    const refused = server.socket();
    refused.send({ t: "auth", token: "x".repeat(43) });
    expect(await refused.closed).toBe(4401);
  }
  expect(await statuses(4)).toEqual([101, 101, 101, 429]);
});

// It is cut after two seconds: a busy machine may look too late once.
test("a page that is turned away takes a place until it has gone", { retry: ifLate }, async () => {
  server = await startTestServer({ limits });
  const stranger = { origin: "https://evil.example" };
  const sockets = [1, 2, 3].map(() => connect("/api/v1/socket", stranger));
  // None of them answers the closing.
  for (const socket of sockets) socket.once("upgrade", ({ socket: raw }) => raw.pause());
  await Promise.all(sockets.map(statusOf));
  expect(await statuses(1)).toEqual([429]);
  for (const socket of sockets) socket.terminate();
});

test("another address has places of its own where a trusted proxy says so, and only there", async () => {
  const from = (address: string) => ({ "x-forwarded-for": address });
  server = await startTestServer({ limits });
  expect(await statuses(3, undefined, from("198.51.100.1"))).toEqual([101, 101, 101]);
  expect(await statuses(1, undefined, from("198.51.100.2"))).toEqual([429]);
  await server.close();
  server = await startTestServer({ limits, environment: { trustedProxies: ["127.0.0.0/8"] } });
  expect(await statuses(4, undefined, from("198.51.100.1"))).toEqual([101, 101, 101, 429]);
  expect(await statuses(1, undefined, from("198.51.100.2"))).toEqual([101]);
});
