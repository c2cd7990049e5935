import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { defaultLimits } from "../../../shared/limits.ts";
import { readBody } from "./read-body.ts";
import type { HttpEnv } from "./route.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const app = new Hono<HttpEnv>().post("/", async (http) => {
  const read = readBody(http, v.unknown(), { ...defaultLimits, bodyBytes: 100 });
  return http.json(await read.catch(({ code, message }) => ({ code, message })));
});

/** What becomes of a body, as JSON. */
async function answerTo(body: ReadableStream<Uint8Array>): Promise<unknown> {
  const request = new Request("http://x/", { method: "POST", body, duplex: "half" } as RequestInit);
  return (await app.request(request)).json();
}

test("a body that comes drop by drop is given up after half a minute", async () => {
  const settled = vi.fn();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const drop = (): void => {
        controller.enqueue(Buffer.from(" "));
        setTimeout(drop, 1000);
      };
      drop();
    },
  });
  const answer = answerTo(body);
  void answer.then(settled);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toMatchObject({
    code: "request_invalid",
    message: expect.stringContaining("within 30 seconds"),
  });
});

test("one that is there leaves no timer behind", async () => {
  expect(await answerTo(new Blob(['{"a":1}']).stream())).toEqual({ a: 1 });
  expect(vi.getTimerCount()).toBe(0);
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
  vi.useRealTimers();
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
  vi.useRealTimers();
  expect(await answerToPackets(packets)).toMatchObject({ code: "too_large" });
});

test("one that is not there is no JSON", async () => {
  vi.useRealTimers();
  expect(await answerToPackets([`${head}content-length: 0\r\n\r\n`])).toMatchObject({
    code: "request_invalid",
  });
});
