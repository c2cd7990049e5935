import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fairWeather } from "./pipe.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

let target: Server;
let proxy: TcpProxy;
const accepted: Socket[] = [];

beforeEach(async () => {
  accepted.length = 0;
  target = createServer((socket) => accepted.push(socket.on("error", () => {})));
  target.listen(0, "127.0.0.1");
  await once(target, "listening");
  const { port } = target.address() as { port: number };
  proxy = await startTcpProxy({ targetPort: port, random: () => 0.5 });
});

afterEach(async () => {
  await proxy.close();
  for (const socket of accepted) socket.destroy();
  target.close();
});

/** A connection through the proxy, and its other end. */
async function open(): Promise<{ near: Socket; far: Socket }> {
  const arrived = once(target, "connection");
  const near = connect(proxy.port, "127.0.0.1").on("error", () => {});
  const [far] = (await arrived) as [Socket];
  return { near, far };
}

/** Whatever error it ends with. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.on("close", () => resolve()));

const heard = async (socket: Socket): Promise<string> => String((await once(socket, "data"))[0]);

test("passes on what is said, both ways, and that one end has finished", async () => {
  const { near, far } = await open();
  near.write("up");
  expect(await heard(far)).toBe("up");
  far.write("down");
  expect(await heard(near)).toBe("down");
  near.end();
  far.resume();
  await once(far, "end");
});

test("keeps the order and all of it through latency and a narrow line", async () => {
  const { near, far } = await open();
  const text = Array.from({ length: 2000 }, (_, index) => `${index} `).join("");
  proxy.weather({ latencyMs: 5, jitterMs: 20, bytesPerSecond: 200_000 });
  const began = performance.now();
  for (let start = 0; start < text.length; start += 97) near.write(text.slice(start, start + 97));
  near.end();
  let received = "";
  far.on("data", (chunk) => {
    received += chunk;
    if (received.length === 97) proxy.weather(fairWeather);
  });
  await once(far, "end");
  expect(received).toBe(text);
  expect(performance.now() - began).toBeGreaterThan((text.length / 200_000) * 1000);
});

test("cuts both ends with a reset", async () => {
  const { near, far } = await open();
  const both = Promise.all([closed(near), closed(far)]);
  proxy.reset();
  await both;
});

test("a stalled connection says nothing, not even that the other end has gone, until it is released", async () => {
  const { near, far } = await open();
  proxy.stall("both");
  near.end("late");
  let said = "";
  far.on("data", (chunk) => {
    said += chunk;
  });
  const other = await open();
  other.near.write("new ones are not affected");
  expect(await heard(other.far)).toContain("new ones");
  expect(said).toBe("");
  proxy.release();
  await once(far, "end");
  expect(said).toBe("late");
});

test("a connection stalled in one direction goes on in the other", async () => {
  const { near, far } = await open();
  proxy.stall("down");
  far.write("lost on the way");
  near.write("up");
  expect(await heard(far)).toBe("up");
  expect(near.bytesRead).toBe(0);
});

test("cuts newcomers where nobody is admitted", async () => {
  proxy.admit("nobody");
  const near = connect(proxy.port, "127.0.0.1").on("error", () => {});
  await closed(near);
  expect(accepted).toHaveLength(0);
  proxy.admit("all");
  await open();
});
