import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHostBridge } from "./host-bridge.ts";
import type { FrameMessage, HostMessage } from "./messages.ts";
import type { MessengerError } from "./messenger-error.ts";

const appearance = {
  title: "Acme",
  accent: "#0b5fff",
  position: "right",
  theme: "auto",
  locale: "auto",
} as const;
const greeting: HostMessage = { t: "panel", open: true };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A bridge whose frame stands outside the document, so that it loads only when the test says so. */
function createBridge() {
  const root = document.createElement("div");
  const life = new AbortController();
  const heard = vi.fn<(message: FrameMessage) => void>();
  const failed = vi.fn<(error: MessengerError) => void>();
  const place = { origin: "https://chat.example", deploymentId: "acme web", root, signal: life.signal };
  const bridge = createHostBridge(place, () => [greeting], heard, failed);
  const received: { data: unknown; origin: string; port: MessagePort }[] = [];
  const postMessage = (data: unknown, origin: string, [port]: [MessagePort]) =>
    received.push({ data, origin, port });
  const frame = () => root.querySelector("iframe");
  const load = (loaded = frame()) => {
    Object.defineProperty(loaded, "contentWindow", { configurable: true, value: { postMessage } });
    loaded?.dispatchEvent(new Event("load"));
  };
  return { bridge, frame, load, received, heard, failed, life };
}

const on = (port: MessagePort | undefined): unknown[] => {
  const messages: unknown[] = [];
  if (port) port.onmessage = ({ data }) => messages.push(data);
  return messages;
};

test("the frame is there once it is needed, and once only", () => {
  const { bridge, frame } = createBridge();
  bridge.post(greeting);
  expect(frame()).toBeNull();
  bridge.need();
  const first = frame();
  expect(first?.getAttribute("src")).toBe("https://chat.example/embed/acme%20web");
  bridge.need();
  expect(frame()).toBe(first);
});

test("sends the port to the companion's exact origin, once the frame has loaded", () => {
  const { bridge, load, received } = createBridge();
  bridge.need();
  expect(received).toEqual([]);
  load();
  expect(received).toMatchObject([
    { data: { vouch: "connect", version: 1 }, origin: "https://chat.example" },
  ]);
});

test("greets, and talks both ways over the port", async () => {
  const { bridge, load, received, heard } = createBridge();
  bridge.need();
  load();
  const told = on(received[0]?.port);
  bridge.post({ t: "panel", open: false });
  await vi.waitFor(() => expect(told).toEqual([greeting, { t: "panel", open: false }]));
  received[0]?.port.postMessage({ t: "unread", count: 2 } satisfies FrameMessage);
  await vi.waitFor(() => expect(heard).toHaveBeenCalledWith({ t: "unread", count: 2 }));
});

test("connects again each time the frame loads, and hears the older connection no more", async () => {
  const { bridge, load, received, heard } = createBridge();
  bridge.need();
  load();
  load();
  expect(received).toHaveLength(2);
  received[0]?.port.postMessage({ t: "unread", count: 1 });
  received[1]?.port.postMessage({ t: "unread", count: 2 });
  await vi.waitFor(() => expect(heard).toHaveBeenCalled());
  expect(heard.mock.calls).toEqual([[{ t: "unread", count: 2 }]]);
});

test("a frame that never loads fails after 30 s", () => {
  const { bridge, failed } = createBridge();
  bridge.need();
  vi.advanceTimersByTime(29_999);
  expect(failed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(failed.mock.calls).toMatchObject([[{ code: "timeout", retryable: true }]]);
});

test("a frame that loads and does not answer within 3 s is loaded once more, then it fails; the next need brings another", () => {
  const { bridge, frame, load, failed } = createBridge();
  bridge.need();
  const first = frame() as HTMLIFrameElement;
  const asked = vi.spyOn(first, "src", "set");
  load();
  vi.advanceTimersByTime(2_999);
  expect(asked).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(asked).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/\/embed\//));
  load();
  vi.advanceTimersByTime(2_999);
  expect(failed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(failed.mock.calls).toMatchObject([[{ code: "origin_not_allowed" }]]);
  bridge.need();
  expect(frame()).not.toBe(first);
});

test("a frame that was loaded once more is given 30 s again", () => {
  const { bridge, load, failed } = createBridge();
  bridge.need();
  load();
  vi.advanceTimersByTime(3_000 + 29_999);
  expect(failed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(failed.mock.calls).toMatchObject([[{ code: "timeout", retryable: true }]]);
});

test("a frame that has answered is loaded once more when it falls silent after another load", async () => {
  const { bridge, frame, load, received, heard, failed } = createBridge();
  bridge.need();
  const asked = vi.spyOn(frame() as HTMLIFrameElement, "src", "set");
  load();
  vi.advanceTimersByTime(3_000);
  load();
  received.at(-1)?.port.postMessage({ t: "ready", appearance } satisfies FrameMessage);
  await vi.waitFor(() => expect(heard).toHaveBeenCalled());
  load();
  vi.advanceTimersByTime(3_000);
  expect(asked).toHaveBeenCalledTimes(2);
  expect(failed).not.toHaveBeenCalled();
});

test("offline, that is what failed", () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  const { bridge, load, failed } = createBridge();
  bridge.need();
  load();
  vi.advanceTimersByTime(3_000);
  load();
  vi.advanceTimersByTime(3_000);
  expect(failed.mock.calls).toMatchObject([[{ code: "network", retryable: true }]]);
});

test("a frame that answers with ready does not fail", async () => {
  const { bridge, load, received, heard, failed } = createBridge();
  bridge.need();
  load();
  received[0]?.port.postMessage({ t: "ready", appearance } satisfies FrameMessage);
  await vi.waitFor(() => expect(heard).toHaveBeenCalled());
  vi.advanceTimersByTime(60_000);
  expect(failed).not.toHaveBeenCalled();
});

test("nothing happens after its end", () => {
  const { bridge, frame, load, received, failed, life } = createBridge();
  bridge.need();
  const loading = frame();
  life.abort();
  load(loading);
  vi.advanceTimersByTime(60_000);
  expect(received).toEqual([]);
  expect(failed).not.toHaveBeenCalled();
});
