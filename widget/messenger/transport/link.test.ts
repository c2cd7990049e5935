import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { ServerFrame } from "../../../shared/protocol.ts";
import { type FakeTime, fakeTime } from "../fixtures/fake-time.ts";
import type { DetourOf, SocketHandlers } from "../surroundings.ts";
import { authenticationMs, offlineLookMs, probeMs } from "./connection.ts";
import { createLink, type Link } from "./link.ts";

interface Line extends SocketHandlers {
  readonly sent: string[];
  closedByUs: boolean;
}

let time: FakeTime;
let lines: Line[];
let heard: string[];
let link: Link;
let online: boolean;
let afterSeq: number;
let detour: DetourOf | null;

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

const goLive = (): void => {
  link.tell("start");
  last().opened();
  last().text(ready);
};

function setUp(): void {
  time = fakeTime();
  lines = [];
  heard = [];
  online = true;
  afterSeq = 4;
  detour = null;
  link = createLink(
    {
      ...time,
      random: () => 0.5,
      online: () => online,
      visible: () => true,
      fetch: async () => Response.error(),
      loadDetour: async () => {
        if (!detour) throw new Error("It can't be loaded.");
        return detour;
      },
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
      credentials: () => ({ token: "secret", afterSeq, atMost: 200, delivered: true }),
      frame: ({ t }) => heard.push(t),
      stopped: (reason) => heard.push(`stopped ${reason}`),
    },
  );
}

beforeEach(setUp);

describe("the link", () => {
  test("authenticates first, with the token and where to resume, and says nothing before it is live", () => {
    link.tell("start");
    expect(link.send({ t: "typing", on: true })).toBe(false);
    last().opened();
    expect(link.send({ t: "typing", on: true })).toBe(false);
    last().text(ready);
    expect(link.send({ t: "typing", on: true })).toBe(true);
    expect(last().sent).toEqual([
      '{"t":"auth","token":"secret","afterSeq":4,"atMost":200,"delivered":true}',
      '{"t":"typing","on":true}',
    ]);
    expect(heard).toEqual(["ready"]);
  });

  test("resumes after the last message it has by then", async () => {
    goLive();
    last().closed(1006, "");
    afterSeq = 9;
    await time.pass(500);
    last().opened();
    expect(last().sent).toEqual(['{"t":"auth","token":"secret","afterSeq":9,"atMost":200,"delivered":true}']);
  });

  test("pings, and takes silence for death within two heartbeats", async () => {
    goLive();
    await time.pass(9000);
    expect(last().sent.at(-1)).toBe('{"t":"ping"}');
    last().text('{"t":"pong"}');
    await time.pass(9000);
    expect(link.state.value.kind).toBe("live");
    await time.pass(9000);
    expect([link.state.value.kind, last().closedByUs]).toEqual(["waiting", true]);
    await time.pass(500);
    expect(lines).toHaveLength(2);
  });

  test("lets go of a server that never becomes ready, and tries again", async () => {
    link.tell("start");
    last().opened();
    await time.pass(authenticationMs);
    expect([link.state.value.kind, last().closedByUs]).toEqual(["waiting", true]);
    await time.pass(2000);
    expect(lines).toHaveLength(2);
  });

  test("asks a socket that slept, and replaces it where it is dead", async () => {
    goLive();
    link.tell("wake");
    expect(last().sent.at(-1)).toBe('{"t":"ping"}');
    await time.pass(probeMs);
    expect([link.state.value.kind, last().closedByUs]).toEqual(["waiting", true]);
    link.tell("wake");
    expect(lines).toHaveLength(2);
  });

  test("lets go when the network does, looks now and then, and comes back at once when woken", async () => {
    goLive();
    // Some browsers fire the event before they change their mind.
    link.tell("offline");
    expect([link.state.value, last().closedByUs]).toMatchObject([{ kind: "waiting", retryAt: null }, true]);
    online = false;
    await time.pass(offlineLookMs);
    expect(lines).toHaveLength(2);
    last().closed(1006, "");
    link.tell("wake");
    expect(lines).toHaveLength(3);
  });

  test("leaves a draining server, and comes back when it was told to", async () => {
    goLive();
    last().text('{"t":"draining","reconnectInMs":700}');
    expect([link.send({ t: "ping" }), last().closedByUs]).toEqual([false, true]);
    last().closed(1012, "");
    await time.pass(699);
    expect(lines).toHaveLength(1);
    await time.pass(1);
    expect(lines).toHaveLength(2);
  });

  test("no longer hears a socket that it has let go", () => {
    goLive();
    const first = last();
    link.tell("stop");
    link.tell("start");
    first.text(ready);
    first.opened();
    first.closed(4403, "forbidden");
    expect([link.state.value.kind, heard]).toEqual(["authenticating", ["ready"]]);
    expect([first.sent.length, last().sent]).toEqual([1, []]);
    last().opened();
    expect(last().sent).toHaveLength(1);
  });

  test("says why the server ended it for good, and stays away", async () => {
    link.tell("start");
    last().opened();
    last().closed(4401, "session_revoked");
    await time.pass(120_000);
    expect([heard, lines.length]).toEqual([["stopped session_revoked"], 1]);
  });

  test("stays live when it hears a kind of frame that it does not know", () => {
    goLive();
    last().text('{"t":"news"}');
    expect([link.state.value.kind, link.send({ t: "ping" })]).toEqual(["live", true]);
  });

  test("has nothing running once it is stopped", async () => {
    link.tell("start");
    link.tell("stop");
    await time.pass(120_000);
    expect([lines.length, last().closedByUs]).toEqual([1, true]);
  });

  test("takes a text that is no JSON for the end of the connection, and comes back", async () => {
    goLive();
    last().text("<html>Please pay</html>");
    expect([link.state.value.kind, last().closedByUs]).toEqual(["waiting", true]);
    await time.pass(1000);
    expect(lines).toHaveLength(2);
  });

  test("takes another way where sockets fail twice, or nobody answers, and seeks it until it can be had", async () => {
    const others: SocketHandlers[] = [];
    link.tell("start");
    last().closed(1006, "");
    await time.pass(1000);
    last().closed(1006, "");
    await time.pass(2000);
    expect(lines).toHaveLength(3);
    detour = () => (handlers) => {
      others.push(handlers);
      return { send() {}, close() {} };
    };
    await time.pass(authenticationMs);
    await time.pass(15_000);
    expect([lines.length, others.length]).toEqual([3, 1]);
  });

  test("is live again where its socket becomes ready once more", () => {
    goLive();
    last().text(ready);
    expect([link.state.value.kind, heard]).toEqual(["live", ["ready", "ready"]]);
  });

  test("whatever happens: one socket where it connects or is live, none elsewhere", async () => {
    const steps: Record<string, () => unknown> = {
      start: () => link.tell("start"),
      stop: () => link.tell("stop"),
      wake: () => link.tell("wake"),
      offline: () => link.tell("offline"),
      rest: () => link.tell("rest"),
      opened: () => lines.at(-1)?.opened(),
      ready: () => lines.at(-1)?.text(ready),
      pong: () => lines.at(-1)?.text('{"t":"pong"}'),
      draining: () => lines.at(-1)?.text('{"t":"draining","reconnectInMs":700}'),
      lost: () => lines.at(-1)?.closed(1006, ""),
      refused: () => lines.at(-1)?.closed(4403, "forbidden"),
      moment: () => time.pass(1000),
      heartbeat: () => time.pass(9000),
    };
    const anyStep = fc.constantFrom(...Object.keys(steps));
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 30 }), async (names) => {
        setUp();
        for (const name of names) {
          await steps[name]?.();
          const connected = ["authenticating", "live"].includes(link.state.value.kind);
          expect(lines.filter(({ closedByUs }) => !closedByUs)).toHaveLength(connected ? 1 : 0);
        }
      }),
      { numRuns: 100 },
    );
  });
});
