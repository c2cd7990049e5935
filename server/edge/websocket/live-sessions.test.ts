import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import type { OpenedSession } from "../../../shared/protocol.ts";
import { hashSessionToken } from "../../session/session-token.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import type { TestSocket } from "../testing/test-socket.ts";

let server: TestServer;
afterEach(() => server.close());

const hour = 3_600_000;

function handClock() {
  const clock = { at: Date.now(), now: () => clock.at };
  return clock;
}

/** Whatever was sent before has arrived. */
async function settled(socket: TestSocket): Promise<void> {
  socket.send({ t: "ping" });
  await socket.next("pong");
}

describe("the end of a session's life", () => {
  const notices = (socket: TestSocket, expiresAt: string) =>
    socket.frames.filter((frame) => frame.t === "session" && frame.expiresAt === expiresAt);

  /** A customer who does something every twenty minutes. */
  async function stay(socket: TestSocket, clock: { at: number }, forMs: number): Promise<void> {
    for (const end = clock.at + forMs; clock.at < end; ) {
      clock.at = Math.min(end, clock.at + hour / 3);
      socket.send({ t: "read", seq: 0 });
      await settled(socket);
      server.sweep();
    }
    await settled(socket);
  }

  test("is announced at 80 % of it, once, and once more for the life that a renewal gives", async () => {
    const clock = handClock();
    server = await startTestServer({ clock });
    const opened = await server.signIn("ada");
    const socket = await server.live(opened.sessionToken);
    await stay(socket, clock, 19 * hour);
    expect(socket.frames.filter(({ t }) => t === "session")).toEqual([]);
    await stay(socket, clock, hour);
    expect(notices(socket, opened.absoluteExpiresAt)).toEqual([
      { t: "session", state: "expiring", expiresAt: opened.absoluteExpiresAt },
    ]);
    const response = await server.fetch("/api/v1/session/renew", {
      token: opened.sessionToken,
      json: { identity: { type: "contactJwt", token: await server.token("ada") } },
    });
    const renewed = (await response.json()) as OpenedSession;
    await stay(socket, clock, 19 * hour);
    expect(socket.frames.filter(({ t }) => t === "session")).toHaveLength(1);
    await stay(socket, clock, hour);
    expect(notices(socket, renewed.absoluteExpiresAt)).toHaveLength(1);
  });

  test("is not announced to a visitor, who has no token to renew with", async () => {
    const clock = handClock();
    server = await startTestServer({ clock });
    const socket = await server.live((await server.visit()).sessionToken);
    await stay(socket, clock, 60 * hour);
    expect(socket.frames.filter(({ t }) => t === "session")).toEqual([]);
  });
});

describe("an end that the bus dropped", () => {
  test("is found in the store within three sweeps; the sessions that live are left alone", async () => {
    server = await startTestServer();
    const [ada, bob] = [await server.signIn("ada"), await server.signIn("bob")];
    const [ended, living] = [await server.live(ada.sessionToken), await server.live(bob.sessionToken)];
    const tokenHash = hashSessionToken(ada.sessionToken);
    await server.store.endSession({ tokenHash, everywhere: false, at: Date.now() });
    const told = ended.next("session");
    for (let sweeps = 0; sweeps < 3; sweeps++) {
      server.sweep();
      await settled(living);
    }
    expect(await told).toMatchObject({ state: "revoked" });
    expect(await ended.closed).toBe(4401);
    living.raw.ping();
    await once(living.raw, "pong");
  });
});
