import { randomUUID } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
afterEach(() => server.close());

test("a full node sends newcomers away with a time to come back, and goes on serving who is there", async () => {
  server = await startTestServer({ limits: { socketsPerNode: 2 } });
  const { sessionToken } = await server.visit();
  const inside = await server.live(sessionToken);
  await server.live(sessionToken);
  const newcomer = server.socket();
  const { reconnectInMs } = await newcomer.next("draining");
  expect(reconnectInMs).toBeGreaterThanOrEqual(5000);
  expect(reconnectInMs).toBeLessThan(20_000);
  expect(await newcomer.closed).toBe(1013);
  const json = { deploymentId: "acme-web", identity: { type: "anonymous" } };
  const refused = await server.fetch("/api/v1/sessions", { json });
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(5);
  expect(await refused.json()).toMatchObject({ code: "unavailable" });
  inside.send({ t: "send", id: randomUUID(), text: "still here" });
  await inside.next("ack");
  const metrics = await (await server.fetch("/metrics")).text();
  expect(metrics).toContain('vouch_connections_refused_total{pressure="sockets"} 2');
  server.sweep();
  server.sweep();
  expect(await (await server.fetch("/metrics")).text()).toContain('vouch_shedding{pressure="sockets"} 1');
  expect(server.logged.filter((line) => line.includes("shedding_began"))).toHaveLength(1);
});

test("one that has left makes room", async () => {
  server = await startTestServer({ limits: { socketsPerNode: 1 } });
  const { sessionToken } = await server.visit();
  const first = await server.live(sessionToken);
  expect(await server.socket().closed).toBe(1013);
  first.raw.close();
  await first.closed;
  await server.live(sessionToken);
});

test("a contact has so many sockets over all its sessions, and another contact its own", async () => {
  server = await startTestServer({ limits: { socketsPerContact: 2 } });
  const [phone, laptop, bob] = [
    await server.signIn("ada"),
    await server.signIn("ada"),
    await server.signIn("bob"),
  ];
  const first = await server.live(phone.sessionToken);
  await server.live(laptop.sessionToken);
  const third = server.socket();
  third.send({ t: "auth", token: laptop.sessionToken });
  expect(await third.closed).toBe(4429);
  await server.live(bob.sessionToken);
  first.raw.close();
  await first.closed;
  await server.live(laptop.sessionToken);
});

test("an address has so many sockets, and who is gone gives the place back", async () => {
  server = await startTestServer({ limits: { socketsPerAddress: 2 } });
  const { sessionToken } = await server.visit();
  const first = await server.live(sessionToken);
  await server.live(sessionToken);
  // Refused before the handshake.
  expect(await server.socket().closed).toBe(1006);
  first.close();
  // The server hears of it a moment later.
  await vi.waitFor(() => server.live(sessionToken));
  expect(await server.socket().closed).toBe(1006);
});
