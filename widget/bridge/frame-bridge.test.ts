import { expect, test, vi } from "vitest";
import { acceptHost, type Host } from "./frame-bridge.ts";
import type { Connect, HostMessage } from "./messages.ts";

const connect: Connect = { vouch: "connect", version: 1 };
const logout: HostMessage = { t: "logout", everywhere: false, atProvider: false, request: 1 };

/** A frame's window whose parent is another window. */
function frameWindow() {
  const parent = {} as Window;
  const target = new EventTarget();
  const send = (init: { data?: unknown; origin?: string; source?: unknown; port?: MessagePort | null }) => {
    const { port1, port2 } = new MessageChannel();
    const event = Object.assign(new Event("message"), {
      data: connect,
      origin: "https://www.acme.example",
      source: parent,
      ports: init.port === null ? [] : [port2],
      ...init,
    });
    target.dispatchEvent(event);
    return port1;
  };
  return { window: Object.assign(target, { parent }) as unknown as Window, send };
}

async function accepted(options: Parameters<ReturnType<typeof frameWindow>["send"]>[0]): Promise<boolean> {
  const { window, send } = frameWindow();
  let bridge: Host | undefined;
  void acceptHost({ window, allowedOrigins: ["https://*.acme.example"] }).then((found) => {
    bridge = found;
  });
  send(options);
  await Promise.resolve();
  await Promise.resolve();
  return bridge !== undefined;
}

test("an allowed parent is accepted", async () => {
  expect(await accepted({})).toBe(true);
});

test.each([
  ["an origin that is not on the list", { origin: "https://www.acme.example.evil.test" }],
  ["an opaque origin", { origin: "null" }],
  ["a window other than the parent", { source: {} }],
  ["no port", { port: null }],
  ["another kind of message", { data: { vouch: "hello", version: 1 } }],
  ["another version", { data: { vouch: "connect", version: 2 } }],
  ["no object", { data: null }],
])("%s is not accepted", async (_, options) => {
  expect(await accepted(options)).toBe(false);
});

test("a page that opened the frame's address directly is its own parent and is not accepted", async () => {
  const target = new EventTarget();
  const window = Object.assign(target, {}) as unknown as Window & { parent: Window };
  window.parent = window;
  const settled = vi.fn();
  void acceptHost({ window, allowedOrigins: ["https://www.acme.example"] }).then(settled);
  target.dispatchEvent(
    Object.assign(new Event("message"), {
      data: connect,
      origin: "https://www.acme.example",
      source: window,
      ports: [new MessageChannel().port2],
    }),
  );
  await Promise.resolve();
  expect(settled).not.toHaveBeenCalled();
});

test("what the host sent before anybody listened arrives, in order", async () => {
  const { window, send } = frameWindow();
  const host = acceptHost({ window, allowedOrigins: ["https://www.acme.example"] });
  const port = send({});
  port.postMessage(logout);
  port.postMessage({ t: "panel", open: true });
  const heard: HostMessage[] = [];
  (await host).listen((message) => heard.push(message));
  await vi.waitFor(() => expect(heard).toEqual([logout, { t: "panel", open: true }]));
});

test("only the first port is taken", async () => {
  const { window, send } = frameWindow();
  const bridge = acceptHost({ window, allowedOrigins: ["https://www.acme.example"] });
  const first = send({});
  const second = send({});
  const heard = vi.fn();
  (await bridge).listen(heard);
  second.postMessage(logout);
  first.postMessage({ t: "panel", open: true });
  await vi.waitFor(() => expect(heard).toHaveBeenCalled());
  expect(heard.mock.calls).toEqual([[{ t: "panel", open: true }]]);
});
