import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectFrame, type HandshakeOptions } from "./host-bridge.ts";
import type { FrameMessage, HostMessage } from "./messages.ts";

const appearance = {
  title: "Acme",
  accent: "#0b5fff",
  position: "right",
  theme: "auto",
  locale: "auto",
} as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A frame whose window hands out what it was sent. */
function createFrame() {
  const received: { data: unknown; origin: string; port: MessagePort }[] = [];
  const contentWindow = {
    postMessage: (data: unknown, origin: string, [port]: [MessagePort]) =>
      received.push({ data, origin, port }),
  };
  const frame = Object.assign(new EventTarget(), { contentWindow }) as unknown as HTMLIFrameElement;
  return { frame, received, load: () => frame.dispatchEvent(new Event("load")) };
}

function connectTo(frame: HTMLIFrameElement) {
  const heard = {
    onConnect: vi.fn<HandshakeOptions["onConnect"]>(),
    onMessage: vi.fn<HandshakeOptions["onMessage"]>(),
    onFailure: vi.fn<HandshakeOptions["onFailure"]>(),
  };
  const stop = connectFrame({ frame, origin: "https://chat.example", ...heard });
  return { ...heard, stop };
}

const nextOn = (port: MessagePort): Promise<unknown> =>
  new Promise((resolve) => {
    port.onmessage = ({ data }) => resolve(data);
  });

test("sends the port to the companion's exact origin, once the frame has loaded", () => {
  const { frame, received, load } = createFrame();
  connectTo(frame);
  expect(received).toEqual([]);
  load();
  expect(received).toMatchObject([
    { data: { vouch: "connect", version: 1 }, origin: "https://chat.example" },
  ]);
});

test("talks both ways over the port", async () => {
  const { frame, received, load } = createFrame();
  const { onConnect, onMessage } = connectTo(frame);
  load();
  const [first] = received;
  const message: HostMessage = { t: "panel", open: true };
  onConnect.mock.calls[0]?.[0].post(message);
  expect(await nextOn(first?.port as MessagePort)).toEqual(message);
  first?.port.postMessage({ t: "unread", count: 2 } satisfies FrameMessage);
  await vi.waitFor(() => expect(onMessage).toHaveBeenCalledWith({ t: "unread", count: 2 }));
});

test("connects again each time the frame loads, and hears the older connection no more", async () => {
  const { frame, received, load } = createFrame();
  const { onConnect, onMessage } = connectTo(frame);
  load();
  load();
  expect(onConnect).toHaveBeenCalledTimes(2);
  received[0]?.port.postMessage({ t: "unread", count: 1 });
  received[1]?.port.postMessage({ t: "unread", count: 2 });
  await vi.waitFor(() => expect(onMessage).toHaveBeenCalled());
  expect(onMessage.mock.calls).toEqual([[{ t: "unread", count: 2 }]]);
});

test("a frame that never loads fails after 30 s", () => {
  const { onFailure } = connectTo(createFrame().frame);
  vi.advanceTimersByTime(29_999);
  expect(onFailure).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onFailure).toHaveBeenCalledExactlyOnceWith("noLoad");
});

test("a frame that loads and does not answer fails after 10 s", () => {
  const { frame, load } = createFrame();
  const { onFailure } = connectTo(frame);
  load();
  vi.advanceTimersByTime(10_000);
  expect(onFailure).toHaveBeenCalledExactlyOnceWith("noAnswer");
});

test("a frame that answers with ready does not fail", async () => {
  const { frame, received, load } = createFrame();
  const { onMessage, onFailure } = connectTo(frame);
  load();
  received[0]?.port.postMessage({ t: "ready", appearance } satisfies FrameMessage);
  await vi.waitFor(() => expect(onMessage).toHaveBeenCalled());
  vi.advanceTimersByTime(60_000);
  expect(onFailure).not.toHaveBeenCalled();
});

test("nothing happens after it was stopped", () => {
  const { frame, received, load } = createFrame();
  const { stop, onFailure } = connectTo(frame);
  stop();
  load();
  vi.advanceTimersByTime(60_000);
  expect(received).toEqual([]);
  expect(onFailure).not.toHaveBeenCalled();
});
