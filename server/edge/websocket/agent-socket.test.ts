import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Message } from "../../../shared/protocol.ts";
import { createInProcessBus } from "../../delivery/in-process-bus.ts";
import { admitAgent } from "./agent-socket.ts";
import type { SocketDependencies } from "./dependencies.ts";
import { createMessageEncoder } from "./server-frames.ts";
import { payloadOf } from "./text-frame.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

function setUp(told: { readonly delivered?: true } = { delivered: true }) {
  const inForce = Promise.withResolvers<void>();
  const bus = { ...createInProcessBus(), settled: () => inForce.promise };
  const sent: { readonly t: string }[] = [];
  const outlet = {
    open: true,
    congested: false,
    send: vi.fn((frame: Buffer) => void sent.push(JSON.parse(payloadOf(frame).toString()))),
    close() {},
    fail() {},
  };
  const mark = vi.fn(async () => {});
  const deps = {
    bus,
    conversations: { mark },
    agents: { recognise: () => "agent", authorName: () => null },
    limits: { heartbeatMs: 9000 },
    presence: { arrive() {}, leave() {} },
    encodeMessage: createMessageEncoder(),
  } as unknown as SocketDependencies;
  const admit = () => admitAgent(outlet, { t: "auth", token: "good", ...told }, deps);
  return { outlet, bus, inForce, sent, mark, admit };
}

test("a desk is told that it may look once its subscriptions are in force, and hears what is said from then on", async () => {
  const { bus, inForce, sent, admit } = setUp();
  const admitted = admit();
  await new Promise(setImmediate);
  expect([bus.topics(), sent]).toEqual([["conversations"], []]);
  inForce.resolve();
  const desk = await admitted;
  bus.publish("conversations", { kind: "moved", conversationId: "a", to: "b" });
  expect(sent.map(({ t }) => t)).toEqual(["ready", "moved"]);
  desk.closed();
  expect(bus.topics()).toEqual([]);
});

test("what was written to a desk that tells nothing of deliveries is marked at the latest when it goes", async () => {
  const { bus, inForce, mark, admit } = setUp({});
  inForce.resolve();
  const desk = await admit();
  bus.publish("conversations", { kind: "message", conversationId: "a", message });
  desk.closed();
  expect(mark.mock.calls).toEqual([["a", "agent", "delivered", 1]]);
});

test("a message that its connection was cut off for, being full, does not count as written to the desk", async () => {
  const { outlet, bus, inForce, mark, admit } = setUp({});
  inForce.resolve();
  const desk = await admit();
  outlet.send.mockImplementationOnce(() => {
    outlet.open = false;
    desk.closed();
  });
  bus.publish("conversations", { kind: "message", conversationId: "a", message });
  await vi.advanceTimersByTimeAsync(1000);
  expect(mark).not.toHaveBeenCalled();
});

const message: Message = {
  id: "id",
  seq: 1,
  author: { kind: "contact", name: "Ada" },
  text: "Hello",
  attachments: [],
  at: "2026-11-21T09:00:00.000Z",
  verified: true,
};
