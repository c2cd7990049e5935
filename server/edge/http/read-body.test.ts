import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { defaultLimits } from "../../../shared/limits.ts";
import { readBody } from "./read-body.ts";
import type { HttpContext, HttpEnv } from "./route.ts";

const fakeTimers = () => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
afterEach(() => void vi.useRealTimers());

/** What became of each body. */
let results: Promise<unknown>[] = [];
beforeEach(() => {
  results = [];
});

const app = new Hono<HttpEnv>().post("/", async (http) => {
  const read = readBody(http, v.unknown(), { ...defaultLimits, bodyBytes: 100 }).catch(
    ({ code, message }) => ({ code, message }),
  );
  results.push(read);
  return http.json(await read);
});

/** A connection with the head of a request; its body has not begun. */
async function begin(
  listener: RequestListener = getRequestListener(app.fetch),
): Promise<{ socket: Socket; incoming: IncomingMessage; end(): void }> {
  const asked = Promise.withResolvers<IncomingMessage>();
  const server = createServer((incoming, outgoing) => {
    void listener(incoming, outgoing);
    asked.resolve(incoming);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`${head}content-length: 7\r\n\r\n`);
  return { socket, incoming: await asked.promise, end: () => void server.close() };
}

test("a body that comes drop by drop is given up after half a minute", async () => {
  fakeTimers();
  const { socket, incoming, end } = await begin();
  const settled = vi.fn();
  void results[0]?.then(settled);
  for (let drops = 1; drops <= 5; drops++) {
    const came = new Promise((resolve) => incoming.once("data", resolve));
    socket.write(" ");
    await came;
    await vi.advanceTimersByTimeAsync(drops < 5 ? 6000 : 5999);
  }
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(await results[0]).toMatchObject({
    code: "request_invalid",
    message: expect.stringContaining("within 30 seconds"),
  });
  socket.destroy();
  end();
});

test("one that is there leaves no timer behind", async () => {
  fakeTimers();
  const { socket, end } = await begin();
  socket.write('{"a":1}');
  expect(await results[0]).toEqual({ a: 1 });
  expect(vi.getTimerCount()).toBe(0);
  socket.destroy();
  end();
});

test("one that is cut off is waited for no longer", async () => {
  const { socket, end } = await begin();
  socket.end('{"a"');
  expect(await results[0]).toMatchObject({
    code: "request_invalid",
    message: expect.stringContaining("cut off"),
  });
  end();
});

/** The body of a request whose sender has gone before anybody asked for it. */
async function leave(body: string): Promise<unknown> {
  const { socket, incoming, end } = await begin(() => {});
  const closed = new Promise((resolve) => incoming.once("close", resolve));
  socket.write(body);
  await vi.waitFor(() => expect(incoming.readableLength).toBe(body.length), { interval: 1 });
  socket.destroy();
  await closed;
  end();
  return readBody({ env: { incoming } } as HttpContext, v.unknown(), defaultLimits);
}

test("one whose sender was gone before it was asked for is read where all of it had come", async () => {
  expect(await leave('{"a":1}')).toEqual({ a: 1 });
});

test("and is not waited for where it was cut off", async () => {
  await expect(leave('{"a"')).rejects.toMatchObject({
    code: "request_invalid",
    message: expect.stringContaining("cut off"),
  });
});

/** @param packets of one request, each written once the one before has been read */
async function answerToPackets(packets: readonly string[]): Promise<unknown> {
  const server = createServer(getRequestListener(app.fetch)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const received = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const answer = text(socket);
  const other = await received;
  for (const packet of packets) {
    const before = other.bytesRead;
    socket.write(packet);
    await vi.waitFor(() => expect(other.bytesRead).toBe(before + packet.length), { interval: 1 });
  }
  const body = (await answer).split("\r\n\r\n").at(-1) ?? "";
  server.close();
  return JSON.parse(body);
}

const head = "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
const long = JSON.stringify("x".repeat(200));

test.each([
  ["of a known length, in one packet with its headers", [`${head}content-length: 7\r\n\r\n{"a":1}`]],
  ["of a known length, in pieces", [`${head}content-length: 7\r\n\r\n`, '{"a"', ":1}"]],
  [
    "in chunks, in one packet with its headers",
    [`${head}transfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n`],
  ],
  [
    "in chunks, in pieces",
    [`${head}transfer-encoding: chunked\r\n\r\n`, '3\r\n{"a\r\n', '4\r\n":1}\r\n', "0\r\n\r\n"],
  ],
])("a body %s is read whole", async (_, packets) => {
  expect(await answerToPackets(packets)).toEqual({ a: 1 });
});

test.each([
  [
    "of a known length, in one packet with its headers",
    [`${head}content-length: ${long.length}\r\n\r\n${long}`],
  ],
  ["of a known length, before it comes", [`${head}content-length: ${long.length}\r\n\r\n`]],
  [
    "in chunks, in one packet with its headers",
    [`${head}transfer-encoding: chunked\r\n\r\nca\r\n${long}\r\n0\r\n\r\n`],
  ],
  ["in chunks, before its end", [`${head}transfer-encoding: chunked\r\n\r\n`, `ca\r\n${long}\r\n`]],
])("one too large %s is refused", async (_, packets) => {
  expect(await answerToPackets(packets)).toMatchObject({ code: "too_large" });
});

test("one that is not there is no JSON", async () => {
  expect(await answerToPackets([`${head}content-length: 0\r\n\r\n`])).toMatchObject({
    code: "request_invalid",
  });
});
