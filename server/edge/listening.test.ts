import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { trackQuietConnections } from "./listening.ts";

test("a connection is ended when no request is under way on it, and never once it is a WebSocket", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  const endQuiet = trackQuietConnections(server);
  let answer = () => {};
  server.on("request", (_, response) => {
    answer = () => response.end();
  });
  const upgraded = once(server, "upgrade");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const idle = connect(port, "127.0.0.1");
  await once(server, "connection");
  const client = connect(port, "127.0.0.1");
  // In one piece: the second is heard of before the first is answered.
  client.write(
    "GET /slow HTTP/1.1\r\nHost: here\r\n\r\nGET /socket HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  );
  const [, socket] = await upgraded;
  const told = once(client, "data");
  answer();
  await told;
  await new Promise((resolve) => setImmediate(resolve));
  const ended = once(idle, "close");
  endQuiet();
  await ended;
  expect(socket.destroyed).toBe(false);
  client.destroy();
});
