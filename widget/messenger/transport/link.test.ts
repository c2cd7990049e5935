import { beforeEach, describe, expect, test } from "vitest";
import type { ServerFrame } from "../../../shared/protocol.ts";
import { type FakeTime, fakeTime } from "../fixtures/fake-time.ts";
import type { SocketHandlers } from "../surroundings.ts";
import { createLink, type Link } from "./link.ts";

interface Line extends SocketHandlers {
  readonly sent: string[];
  closedByUs: boolean;
}

let time: FakeTime;
let lines: Line[];
let heard: string[];
let link: Link;

const ready = JSON.stringify({
  t: "ready",
  conversationId: "c",
  lastSeq: 0,
  readSeq: 0,
  agent: { delivered: 0, read: 0 },
  heartbeatMs: 9000,
} satisfies ServerFrame);

const last = (): Line => {
  const line = lines.at(-1);
  if (!line) throw new Error("No socket was opened.");
  return line;
};

beforeEach(() => {
  time = fakeTime();
  lines = [];
  heard = [];
  link = createLink(
    {
      ...time,
      random: () => 0.5,
      uuid: () => "",
      fetch: () => Promise.reject(new Error("unused")),
      sha256: async () => null,
      online: () => true,
      visible: () => true,
      tabStorage: { getItem: () => null, setItem() {}, removeItem() {} },
      storage: { getItem: () => null, setItem() {}, removeItem() {} },
      broadcast: { post() {}, listen() {} },
      openSocket(handlers) {
        const line: Line = { ...handlers, sent: [], closedByUs: false };
        lines.push(line);
        return {
          send: (text) => line.sent.push(text),
          close: () => {
            line.closedByUs = true;
          },
        };
      },
    },
    {
      credentials: () => ({ token: "secret", afterSeq: 4 }),
      frame: ({ t }) => heard.push(t),
      stopped: (closeCode) => heard.push(`stopped ${closeCode}`),
    },
  );
});

describe("the link", () => {
  test("authenticates first, with the token and where to resume, and says nothing before it is live", () => {
    link.start();
    expect(link.send({ t: "typing", on: true })).toBe(false);
    last().opened();
    expect(link.send({ t: "typing", on: true })).toBe(false);
    last().text(ready);
    expect(link.send({ t: "typing", on: true })).toBe(true);
    expect(last().sent).toEqual(['{"t":"auth","token":"secret","afterSeq":4}', '{"t":"typing","on":true}']);
    expect(heard).toEqual(["ready"]);
  });

  test("pings, and takes silence for death within two heartbeats", async () => {
    link.start();
    last().opened();
    last().text(ready);
    await time.pass(9000);
    expect(last().sent.at(-1)).toBe('{"t":"ping"}');
    last().text('{"t":"pong"}');
    await time.pass(9000);
    expect(link.state.value.kind).toBe("live");
    await time.pass(9000);
    expect([link.state.value.kind, last().closedByUs]).toEqual(["waiting", true]);
    await time.pass(1000);
    expect(lines).toHaveLength(2);
  });

  test("no longer hears a socket that it has let go", async () => {
    link.start();
    const first = last();
    first.opened();
    first.text(ready);
    link.stop();
    link.start();
    first.text(ready);
    first.opened();
    first.closed(4403);
    expect([link.state.value.kind, heard]).toEqual(["authenticating", ["ready"]]);
    expect([first.sent.length, last().sent]).toEqual([1, []]);
    last().opened();
    expect(last().sent).toHaveLength(1);
  });

  test("says by which code the server ended it for good", () => {
    link.start();
    last().opened();
    last().closed(4403);
    expect(heard).toEqual(["stopped 4403"]);
  });

  test("survives what it does not understand", () => {
    link.start();
    last().opened();
    last().text(ready);
    for (const text of ["", "{", "null", '{"t":"news"}']) last().text(text);
    expect([link.state.value.kind, heard]).toEqual(["live", ["ready"]]);
  });

  test("has nothing running once it is stopped", async () => {
    link.start();
    link.stop();
    await time.pass(120_000);
    expect(lines).toHaveLength(1);
  });
});
