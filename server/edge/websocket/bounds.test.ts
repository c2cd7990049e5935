import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

/** What costs memory or work before a frame is whole, or before it is known who sent it. Spoken byte by byte: no library does this. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const op = { continuation: 0, text: 1, ping: 9 };

/** A masked frame with the mask 0. */
function frame(opcode: number, payload: Buffer, { final = true, rsv1 = false } = {}): Buffer {
  const first = opcode | (final ? 0x80 : 0) | (rsv1 ? 0x40 : 0);
  const length =
    payload.length < 126
      ? Buffer.from([0x80 | payload.length])
      : Buffer.from([0x80 | 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([Buffer.from([first]), length, Buffer.alloc(4), payload]);
}

async function shakeHands(extra = ""): Promise<Socket> {
  const peer = connect(Number(new URL(server.url).port), "127.0.0.1");
  const key = randomBytes(16).toString("base64");
  peer.write(
    `GET /api/v1/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${extra}\r\n`,
  );
  await once(peer, "data");
  return peer;
}

/** Resolves with the close code that the server sends. */
function closeCode(peer: Socket): Promise<number> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    peer.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      // Pongs may stand before it; they carry nothing here.
      const at = received.indexOf(0x88);
      if (at < 0 || received.length < at + 4) return;
      resolve(received.readUInt16BE(at + 2));
      peer.destroy();
    });
    peer.on("error", () => {});
  });
}

test("a frame in many small fragments is closed with 4413, however small it is as a whole", async () => {
  const peer = await shakeHands();
  const closed = closeCode(peer);
  peer.write(frame(op.text, Buffer.from("{"), { final: false }));
  for (let n = 0; n < 100; n++) peer.write(frame(op.continuation, Buffer.from(" "), { final: false }));
  expect(await closed).toBe(4413);
});

test("fragments that are too large together are closed with 4413 before the last has come", async () => {
  const peer = await shakeHands();
  const closed = closeCode(peer);
  const part = Buffer.alloc(30_000, " ");
  peer.write(frame(op.text, part, { final: false }));
  peer.write(frame(op.continuation, part, { final: false }));
  peer.write(frame(op.continuation, part, { final: false }));
  expect(await closed).toBe(4413);
});

test("compression is not agreed to, and a compressed frame is not unpacked", async () => {
  const peer = await shakeHands("Sec-WebSocket-Extensions: permessage-deflate\r\n");
  const closed = closeCode(peer);
  peer.write(frame(op.text, randomBytes(100), { rsv1: true }));
  expect(await closed).toBe(1002);
});

test("a stranger that pings and pings is closed with 4429", async () => {
  const peer = await shakeHands();
  const closed = closeCode(peer);
  for (let n = 0; n < 20; n++) peer.write(frame(op.ping, Buffer.alloc(0)));
  expect(await closed).toBe(4429);
});
