import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adminToken, otherSite, site, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = (await server.signIn("ada")).sessionToken;
});
afterAll(() => server.close());

test("the first frame says who it is, and the answer is where the conversation stands", async () => {
  const { sessionToken, conversation } = await server.signIn("grace");
  const socket = server.socket();
  socket.send({ t: "auth", token: sessionToken });
  expect(await socket.next("ready")).toEqual({
    t: "ready",
    conversationId: conversation.id,
    lastSeq: 0,
    readSeq: 0,
    agent: { delivered: 0, read: 0 },
    heartbeatMs: 9000,
  });
});

test("who says nothing in time is closed with 4408", async () => {
  const hasty = await startTestServer({ limits: { socketAuthMs: 100 } });
  expect(await hasty.socket().closed).toBe(4408);
  await hasty.close();
});

test.each(["/api/v1/socket", "/api/v1/agent/socket"])(
  "%s without an upgrade says what is missing, as behind a proxy that keeps it to itself",
  async (path) => {
    const response = await server.fetch(path);
    expect([response.status, response.headers.get("upgrade")]).toEqual([426, "websocket"]);
    expect(await response.json()).toMatchObject({
      code: "request_invalid",
      status: 426,
      detail: expect.stringContaining("Upgrade"),
    });
  },
);

describe("anything but one auth frame closes with 4400:", () => {
  test.each([
    ["another frame first", { t: "ping" }],
    ["no JSON", "hello"],
    ["no token", { t: "auth" }],
    ["bytes", new TextEncoder().encode('{"t":"auth","token":"x"}')],
    ["deep nesting", `{"t":"auth","token":"x","a":${"[".repeat(20)}${"]".repeat(20)}}`],
  ])("%s", async (_, frame) => {
    const socket = server.socket();
    socket.send(frame);
    expect(await socket.closed).toBe(4400);
  });

  test("a frame behind it that does not wait for the answer", async () => {
    const socket = server.socket();
    socket.send({ t: "auth", token });
    socket.send({ t: "send", id: randomUUID(), text: "too early" });
    expect(await socket.closed).toBe(4400);
    const page = await server.fetch("/api/v1/conversation/messages", { token });
    expect(await page.text()).not.toContain("too early");
  });

  test("a second auth later on", async () => {
    const socket = await server.live(token);
    socket.send({ t: "auth", token });
    expect(await socket.closed).toBe(4400);
  });
});

test.each([
  ["an unknown token", () => "x".repeat(43)],
  ["a token of an agent", () => adminToken],
  ["an empty token", () => ""],
])("%s is closed with 4401", async (_, tokenOf) => {
  const socket = server.socket();
  socket.send({ t: "auth", token: tokenOf() });
  expect(await socket.closed).toBe(4401);
});

test("a frame over the limit is closed with 4413, before and after auth", async () => {
  const stranger = server.socket();
  stranger.send("x".repeat(65_537));
  expect(await stranger.closed).toBe(4413);
  const socket = await server.live(token);
  socket.send({ t: "send", id: randomUUID(), text: "x".repeat(70_000) });
  expect(await socket.closed).toBe(4413);
});

test("text that is not UTF-8 is closed with 4400", async () => {
  const socket = await server.live(token);
  socket.raw.send(Buffer.from([0xff, 0xfe]), { binary: false });
  expect(await socket.closed).toBe(4400);
});

describe("the page behind the socket", () => {
  test.each([
    ["/api/v1/socket", "https://evil.example"],
    ["/api/v1/socket", "null"],
    ["/api/v1/agent/socket", site],
  ])("of no list is closed with 4403 before it says anything: %s, %s", async (path, origin) => {
    expect(await server.socket(path, origin).closed).toBe(4403);
  });

  test("of the desk's own origin is welcome at the agents' socket", async () => {
    const socket = server.socket("/api/v1/agent/socket", server.url);
    socket.send({ t: "auth", token: adminToken });
    await socket.next("ready");
  });

  test("finds no socket at another path", async () => {
    const { raw } = server.socket("/api/v1/nothing", server.url);
    const [, response] = await once(raw, "unexpected-response");
    expect(response.statusCode).toBe(404);
  });

  test("of another deployment is closed with 4403 once it says whose session it has", async () => {
    const socket = server.socket("/api/v1/socket", otherSite);
    socket.send({ t: "auth", token });
    expect(await socket.closed).toBe(4403);
  });

  test.each([site, "http://localhost:5173"])("of its own deployment is welcome: %s", async (origin) => {
    const socket = server.socket("/api/v1/socket", origin);
    socket.send({ t: "auth", token });
    await socket.next("ready");
  });
});

describe("an agent's socket", () => {
  test("takes an agent's token", async () => {
    const socket = server.socket("/api/v1/agent/socket");
    socket.send({ t: "auth", token: adminToken });
    expect(await socket.next("ready")).toMatchObject({ agent: { name: "Administrator" }, heartbeatMs: 9000 });
  });

  test("takes no customer's", async () => {
    const socket = server.socket("/api/v1/agent/socket");
    socket.send({ t: "auth", token });
    expect(await socket.closed).toBe(4401);
  });
});
