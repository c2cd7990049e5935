import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "../../store/store.ts";
import { agentToken, startTestServer, type TestServer } from "../testing/test-server.ts";
import type { TestSocket } from "../testing/test-socket.ts";

/** A store as far away as another machine: what it read can be old by the time the answer arrives. */
function distantStore() {
  /** Called with each answer of `findSession`; the answer arrives once the promise settles. */
  let delay: () => Promise<void> = async () => {};

  return {
    wrapStore: (store: Store): Store => ({
      ...store,
      async findSession(tokenHash) {
        const found = await store.findSession(tokenHash);
        await delay();
        return found;
      },
    }),
    /** Holds the answer to the nth look-up from now on, and to as many in all; the others pass. */
    hold(nth: number, many = 1): { readonly held: Promise<void>; release(): void } {
      const held = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      let count = 0;
      delay = async () => {
        if (++count < nth || count >= nth + many) return;
        if (count === nth + many - 1) held.resolve();
        await released.promise;
      };
      return { held: held.promise, release: () => released.resolve() };
    },
  };
}

let server: TestServer;
let far: ReturnType<typeof distantStore>;
beforeEach(async () => {
  far = distantStore();
  server = await startTestServer({ wrapStore: far.wrapStore });
});
afterEach(() => server.close());

test.each([1, 2])("a logout while look-up %i of a connecting socket is under way closes it", async (nth) => {
  const { sessionToken } = await server.signIn("ada");
  const lookUp = far.hold(nth);
  const socket = server.socket();
  socket.send({ t: "auth", token: sessionToken });
  await lookUp.held;
  await server.fetch("/api/v1/session", { method: "DELETE", token: sessionToken });
  lookUp.release();
  expect(await socket.closed).toBe(4401);
});

test("a message that is stored while a socket connects is shown to it, though what was read does not have it", async () => {
  const { sessionToken } = await server.signIn("ada");
  const lookUp = far.hold(2);
  const socket = server.socket();
  socket.send({ t: "auth", token: sessionToken });
  await lookUp.held;
  const json = { id: randomUUID(), text: "meanwhile" };
  await server.fetch("/api/v1/conversation/messages", { token: sessionToken, json });
  lookUp.release();
  expect(await socket.next("ready")).toMatchObject({ lastSeq: 0 });
  expect(await socket.next("message")).toMatchObject({ message: { seq: 1, text: "meanwhile" } });
});

test("a repetition of an older message does not hide a newer one from a socket that connects", async () => {
  const { sessionToken } = await server.signIn("ada");
  const lookUp = far.hold(2);
  const socket = server.socket();
  socket.send({ t: "auth", token: sessionToken });
  await lookUp.held;
  const [older, newer] = ["older", "newer"].map((text) => ({ id: randomUUID(), text }));
  for (const json of [older, newer, older])
    await server.fetch("/api/v1/conversation/messages", { token: sessionToken, json });
  lookUp.release();
  expect(await socket.next("message")).toMatchObject({ message: { seq: 1, text: "older" } });
  expect(await socket.next("message")).toMatchObject({ message: { seq: 2, text: "newer" } });
});

test("receipts of each side and kind that come by while a socket connects are all told to it", async () => {
  const { sessionToken, conversation } = await server.signIn("ada");
  const conversationId = conversation.id;
  const agent = server.socket("/api/v1/agent/socket");
  agent.send({ t: "auth", token: agentToken, delivered: true });
  await agent.next("ready");
  const tab = await server.live(sessionToken);
  for (const text of ["one", "two"]) {
    tab.send({ t: "send", id: randomUUID(), text });
    await tab.next("ack");
  }
  const lookUp = far.hold(2);
  const socket = server.socket();
  socket.send({ t: "auth", token: sessionToken, afterSeq: 2, delivered: true });
  await lookUp.held;
  const told: unknown[] = [];
  for (const [by, kind, seq] of [
    ["agent", "delivered", 2],
    ["agent", "read", 1],
    ["contact", "delivered", 2],
    ["contact", "read", 1],
  ]) {
    if (by === "agent") agent.send({ t: kind, conversationId, seq });
    else tab.send({ t: kind, seq });
    told.push(await agent.next("receipt"));
    expect(told.at(-1)).toEqual({ t: "receipt", conversationId, by, kind, seq });
  }
  lookUp.release();
  expect(await socket.next("ready")).toMatchObject({ readSeq: 0, agent: { delivered: 0, read: 0 } });
  socket.send({ t: "ping" });
  await socket.next("pong");
  expect(socket.frames.filter(({ t }) => t === "receipt")).toEqual(told);
});

test("of sockets of one session that connect all at once, no more stay than of those that come one by one", async () => {
  const { sessionToken } = await server.signIn("ada");
  const lookUps = far.hold(1, 30);
  const sockets = Array.from({ length: 30 }, () => server.socket());
  const left: number[] = [];
  for (const socket of sockets) {
    socket.send({ t: "auth", token: sessionToken });
    void socket.closed.then((code) => left.push(code));
  }
  await lookUps.held;
  lookUps.release();
  await expect.poll(() => left.length + sockets.filter(isReady).length).toBeGreaterThanOrEqual(30);
  await expect.poll(() => left).toEqual(Array(10).fill(4409));
  // Whoever would be sent away besides is, by the time that a frame of each of the others has been answered.
  const staying = sockets.filter(isReady);
  for (const socket of staying) socket.send({ t: "ping" });
  await expect.poll(() => staying.filter(isAnswered).length).toBe(20);
  expect(left).toHaveLength(10);
});

const isAnswered = ({ frames }: TestSocket): boolean => frames.some(({ t }) => t === "pong");
const isReady = ({ frames }: TestSocket): boolean => frames.some(({ t }) => t === "ready");
