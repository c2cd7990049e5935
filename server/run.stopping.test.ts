import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { ifLate } from "../.ci/if-late.ts";
import { acmeConfig } from "../e2e/harness/acme.ts";
import { type Companion, startCompanion } from "../e2e/harness/companion.ts";
import { openSession } from "../e2e/harness/session.ts";

let companion: Companion;
afterEach(() => companion.stop());

const limits = {
  sessionRequestsPerMinute: 1000,
  unauthenticatedSocketsPerAddress: 1000,
  socketAuthMs: 60_000,
};

/** So many sockets of one customer, with the codes that they are closed with. */
async function connected(count: number): Promise<Promise<number>[]> {
  companion = await startCompanion({ config: acmeConfig({ limits }) });
  const url = `${companion.url.replace("http", "ws")}/api/v1/socket`;
  const sessions = await Promise.all(
    Array.from({ length: Math.ceil(count / 20) }, (_, n) => openSession(companion.url, `customer-${n}`)),
  );
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const socket = new WebSocket(url);
      await once(socket, "open");
      socket.send(JSON.stringify({ t: "auth", token: sessions[Math.floor(n / 20)]?.sessionToken }));
      await once(socket, "message");
      return { code: once(socket, "close").then(([code]) => Number(code)) };
    }),
  ).then((ends) => ends.map(({ code }) => code));
}

const timeout = 90_000;

test(
  "SIGTERM sends everybody away, spread, and ends the process with 0",
  async () => {
    const codes = await connected(40);
    const startedAt = performance.now();
    expect(await companion.stop()).toBe(0);
    expect(new Set(await Promise.all(codes))).toEqual(new Set([1012]));
    // 50 a second.
    expect(performance.now() - startedAt).toBeGreaterThan(500);
  },
  timeout,
);

// A busy machine may be late once.
test("a second signal hurries it", { timeout, retry: ifLate }, async () => {
  const codes = await connected(400);
  const ended = once(companion.process, "exit");
  const startedAt = performance.now();
  companion.process.kill("SIGTERM");
  await Promise.race(codes);
  companion.process.kill("SIGTERM");
  await ended;
  expect(companion.process.exitCode).toBe(0);
  expect(new Set(await Promise.all(codes))).toEqual(new Set([1012]));
  // By themselves they would have taken eight seconds.
  expect(performance.now() - startedAt).toBeLessThan(6000);
});
