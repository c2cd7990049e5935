import { beforeEach, describe, expect, test } from "vitest";
import { type FakeTime, fakeTime } from "../../fixtures/fake-time.ts";
import type { OpenSocket, Socket, SocketHandlers } from "../../surroundings.ts";
import { detourOf } from "./detour.ts";
import { eventStream, type FakeEvents, fakeEvents, frame, refusal, turns } from "./fixtures.ts";
import { heldBackMs } from "./http-line.ts";
import { firstTrialMs } from "./way.ts";

interface FakeWebSocket extends SocketHandlers {
  readonly sent: string[];
  isClosed: boolean;
}

const ready = {
  t: "ready",
  conversationId: "c",
  lastSeq: 4,
  readSeq: 2,
  agent: { delivered: 1, read: 0 },
  heartbeatMs: 9000,
};
const message = (seq: number) => ({ t: "message", conversationId: "c", message: { seq } });

let time: FakeTime;
let events: FakeEvents;
let sockets: FakeWebSocket[];
let open: OpenSocket;
let heard: string[];
let token: string;
let socket: Socket;
let visible: boolean;

beforeEach(() => {
  time = fakeTime();
  events = fakeEvents();
  sockets = [];
  heard = [];
  token = "secret";
  visible = true;
  open = detourOf({
    fetch: events.fetch,
    after: time.after,
    visible: () => visible,
    openSocket(handlers) {
      const socket: FakeWebSocket = { ...handlers, sent: [], isClosed: false };
      sockets.push(socket);
      return {
        send: (text) => socket.sent.push(text),
        close: () => {
          socket.isClosed = true;
        },
      };
    },
  });
});

/** As the link does: it says who is here whenever it is asked. */
async function connect(): Promise<void> {
  const mine: Socket = open({
    opened: () => mine.send(JSON.stringify({ t: "auth", token, afterSeq: 3, atMost: 200 })),
    text: (data) => heard.push(JSON.parse(data).t),
    closed: (code, reason) => heard.push(`closed ${code} ${reason}`.trim()),
  });
  socket = mine;
  await turns();
}

const webSocket = (): FakeWebSocket => {
  const last = sockets.at(-1);
  if (!last) throw new Error("No WebSocket was opened.");
  return last;
};

async function stream(...parts: readonly string[]) {
  await connect();
  const stream = events.last().stream();
  for (const part of parts) stream.write(part);
  await turns();
  return stream;
}

describe("over an event stream", () => {
  test("says who is here in a header, and where to resume", async () => {
    await stream(":\n\n", frame(ready), frame(message(4)));
    const { path, init } = events.last();
    expect(path).toBe("/api/v1/events?afterSeq=3&atMost=200");
    expect(init.headers).toMatchObject({ authorization: "Bearer secret" });
    expect(heard).toEqual(["ready", "message"]);
  });

  test("sends frames in their order, the next once the last were answered, and passes the answers on", async () => {
    await stream(frame(ready));
    for (const id of ["a", "b", "c"]) socket.send(JSON.stringify({ t: "send", id, text: id }));
    await turns();
    expect(events.last().frames).toEqual([{ t: "send", id: "a", text: "a" }]);
    events.last().answer(Response.json({ frames: [{ t: "ack", id: "a", seq: 5 }] }));
    await turns();
    expect(events.last().frames).toMatchObject([{ id: "b" }, { id: "c" }]);
    expect(heard).toEqual(["ready", "ack"]);
  });

  test("takes the next sign of life for the answer to a ping, and asks nobody for it", async () => {
    const down = await stream(frame(ready));
    socket.send('{"t":"ping"}');
    await turns();
    expect([heard, events.asked.length]).toEqual([["ready"], 1]);
    down.write(":\n\n");
    await turns();
    expect(heard).toEqual(["ready", "pong"]);
  });

  test("ends as the server says, or as a cut socket does where it says nothing", async () => {
    await stream(frame(ready), 'event: close\ndata: {"code":4401,"reason":"session_revoked"}\n\n');
    expect(heard).toEqual(["ready", "closed 4401 session_revoked"]);
    heard = [];
    (await stream(frame(ready))).end();
    await turns();
    expect(heard).toEqual(["ready", "closed 1006"]);
  });

  test.each([
    [refusal(401, "session_expired"), "closed 4401 session_expired"],
    [refusal(429, "rate_limited"), "closed 4429 rate_limited"],
    [refusal(503, "unavailable"), "closed 1013 unavailable"],
    // None of these is the server's.
    [new Response("<html>Pay here</html>", { headers: { "content-type": "text/html" } }), "closed 1006"],
    [new Response("<html>No</html>", { status: 401 }), "closed 1006"],
    [Response.json({ error: "blocked" }, { status: 403 }), "closed 1006"],
  ])(
    "a refusal closes it with the code of the socket; what another answers is a cut (%#)",
    async (answer, told) => {
      await connect();
      events.last().answer(answer);
      await turns();
      expect(heard).toEqual([told]);
    },
  );

  test("a page in the place of an answer to frames is a cut", async () => {
    await stream(frame(ready));
    socket.send('{"t":"typing","on":true}');
    await turns();
    events.last().answer(new Response("<html>Pay here</html>"));
    await turns();
    expect(heard).toEqual(["ready", "closed 1006"]);
  });

  test("uses the token that there is, and says again with the new one what the old one was refused for", async () => {
    await stream(frame(ready));
    socket.send('{"t":"read","seq":4}');
    await turns();
    token = "renewed";
    events.last().answer(refusal(401, "session_missing"));
    await turns();
    expect(events.last().init.headers).toMatchObject({ authorization: "Bearer renewed" });
    events.last().answer(Response.json({ frames: [] }));
    await turns();
    expect(heard).toEqual(["ready"]);
  });

  test("lets go of everything when it is closed", async () => {
    await stream(frame(ready));
    socket.send('{"t":"read","seq":4}');
    await turns();
    socket.close();
    expect(events.asked.map(({ isAborted }) => isAborted())).toEqual([true, true]);
    await time.pass(1_000_000);
    expect([heard, sockets.length]).toEqual([["ready"], 0]);
  });
});

describe("over long polls", () => {
  test("where streams are held back, and at once the next time", async () => {
    await connect();
    await time.pass(heldBackMs);
    await turns();
    expect(events.asked[0]?.isAborted()).toBe(true);
    expect(events.last().path).toBe("/api/v1/events?poll=true&afterSeq=3&atMost=200");
    events.last().answer(eventStream(frame(ready)));
    await turns();
    expect(heard).toEqual(["ready"]);
    expect(events.last().path).toBe(
      "/api/v1/events?poll=true&afterSeq=3&readSeq=2&agentDelivered=1&agentRead=0",
    );
    events.last().answer(eventStream(frame(ready), frame(message(4)), frame(message(5))));
    await turns();
    expect(heard).toEqual(["ready", "message", "message"]);
    expect(events.last().path).toContain("afterSeq=5");
    socket.close();
    await connect();
    expect(events.last().path).toContain("poll=true");
  });

  test("try a stream again after a failure: another network may hold none back", async () => {
    await connect();
    await time.pass(heldBackMs);
    await turns();
    expect(events.last().path).toContain("poll=true");
    events.last().fail();
    await turns();
    await connect();
    expect(events.last().path).toBe("/api/v1/events?afterSeq=3&atMost=200");
  });

  test("go on from the end where more was missed than was asked for", async () => {
    await connect();
    await time.pass(heldBackMs);
    await turns();
    events.last().answer(eventStream(frame({ ...ready, lastSeq: 3 + 201 })));
    await turns();
    expect(events.last().path).toContain("afterSeq=204&");
  });

  test("without news are not asked for without pause", async () => {
    await connect();
    await time.pass(heldBackMs);
    await turns();
    events.last().answer(eventStream(frame(ready)));
    await turns();
    events.last().answer(eventStream(frame(ready)));
    await turns();
    const { length } = events.asked;
    await time.pass(1000);
    await turns();
    expect(events.asked.length).toBe(length + 1);
  });

  test("ask whether the server lives by a request of its own", async () => {
    await connect();
    await time.pass(heldBackMs);
    await turns();
    events.last().answer(eventStream(frame(ready)));
    await turns();
    socket.send('{"t":"ping"}');
    await turns();
    expect(events.last().frames).toEqual([{ t: "ping" }]);
    events.last().answer(Response.json({ frames: [{ t: "pong" }] }));
    await turns();
    expect(heard).toEqual(["ready", "pong"]);
  });
});

describe("back to a WebSocket", () => {
  test("goes once one is ready, and not before: the stream serves meanwhile", async () => {
    const down = await stream(frame(ready));
    await time.pass(firstTrialMs);
    webSocket().opened();
    expect(webSocket().sent).toEqual(['{"t":"auth","token":"secret","afterSeq":3,"atMost":200}']);
    down.write(frame(message(4)));
    await turns();
    expect(heard).toEqual(["ready", "message"]);
    webSocket().text(JSON.stringify(ready));
    expect([heard, events.asked[0]?.isAborted()]).toEqual([["ready", "message", "ready"], true]);
    socket.send('{"t":"ping"}');
    expect(webSocket().sent).toHaveLength(2);
    webSocket().closed(1006, "");
    expect(heard.at(-1)).toBe("closed 1006");
    await connect();
    expect([sockets.length, events.asked.length]).toEqual([2, 1]);
  });

  test("is tried again after twice the time where none gets through, and not while nobody looks", async () => {
    await stream(frame(ready));
    await time.pass(firstTrialMs);
    webSocket().closed(1006, "");
    await time.pass(2 * firstTrialMs - 1);
    expect(sockets).toHaveLength(1);
    visible = false;
    await time.pass(1);
    expect(sockets).toHaveLength(1);
    visible = true;
    await time.pass(2 * firstTrialMs);
    expect(sockets).toHaveLength(2);
    // Opened, and then nothing: given up as well.
    webSocket().opened();
    await time.pass(10_000);
    expect([webSocket().isClosed, heard]).toEqual([true, ["ready"]]);
  });

  test("is tried in turns with HTTP while neither gets through", async () => {
    for (let count = 0; count < 2; count++) {
      await connect();
      events.last().fail();
      await turns();
    }
    await connect();
    expect(sockets).toHaveLength(1);
    socket.close();
    await connect();
    webSocket().closed(1006, "");
    const { length } = events.asked;
    await connect();
    expect(events.asked.length).toBe(length + 1);
  });

  test("a server that was reached and refuses is no fault of the way", async () => {
    for (let count = 0; count < 3; count++) {
      await connect();
      events.last().answer(refusal(503, "unavailable"));
      await turns();
    }
    expect(sockets).toHaveLength(0);
  });
});
