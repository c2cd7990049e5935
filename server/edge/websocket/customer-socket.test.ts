import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Message } from "../../../shared/protocol.ts";
import { createInProcessBus } from "../../delivery/in-process-bus.ts";
import { admitCustomer } from "./customer-socket.ts";
import type { SocketDependencies } from "./dependencies.ts";
import { createMessageEncoder } from "./server-frames.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Of a client that tells nothing of deliveries itself. */
async function setUp() {
  const outlet = { open: true, congested: false, send: vi.fn(), close() {}, fail() {} };
  const session = { id: "session", deploymentId: "acme-web", conversationId: "a" };
  const nowhere = { delivered: 0, read: 0 };
  const conversation = { lastSeq: 0, customer: nowhere, agent: nowhere, state: "open" };
  const details = { session, contact: { id: "ada" }, conversation };
  const bus = createInProcessBus();
  const mark = vi.fn(async () => {});
  const deps = {
    bus,
    conversations: { mark },
    sessions: { authenticate: async () => details },
    origins: { require() {} },
    contacts: { take: () => ({ leave() {} }) },
    liveSessions: { join: () => ({ session }), touch() {}, leave() {} },
    presence: { online: () => true, watch() {}, unwatch() {} },
    limits: { heartbeatMs: 9000 },
    encodeMessage: createMessageEncoder(),
  } as unknown as SocketDependencies;
  const socket = await admitCustomer(outlet, { t: "auth", token: "good" }, null, deps);
  const say = (seq: number) =>
    bus.publish("conversation:a", { kind: "message", conversationId: "a", message: messageOf(seq) });
  return { outlet, mark, socket, say };
}

test("what was written to a customer who tells nothing of deliveries is marked at the latest when they go", async () => {
  const { mark, socket, say } = await setUp();
  say(1);
  socket.closed();
  expect(mark.mock.calls).toEqual([["a", "contact", "delivered", 1]]);
});

test("a message that its connection was cut off for, being full, does not count as written to the customer", async () => {
  const { outlet, mark, socket, say } = await setUp();
  say(1);
  outlet.send.mockImplementationOnce(() => {
    outlet.open = false;
    socket.closed();
  });
  say(2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(mark.mock.calls).toEqual([["a", "contact", "delivered", 1]]);
});

const messageOf = (seq: number): Message => ({
  id: `id ${seq}`,
  seq,
  author: { kind: "agent", name: "Acme" },
  text: "Hello",
  attachments: [],
  at: "2026-11-21T09:00:00.000Z",
  verified: false,
});
