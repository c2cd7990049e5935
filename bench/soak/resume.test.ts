import { expect, test } from "vitest";
import type { LineEvents } from "./clients/line.ts";
import { type ResumeFate, resume } from "./resume.ts";

/** Comes back after 2 of 4 to a server that says this. */
function told(frames: (events: LineEvents) => void): Promise<ResumeFate> {
  const log = {
    recognise: (_reader: string, { text, seq }: { text: string; seq: number }) =>
      text === "as written" ? seq : null,
  };
  return resume({
    url: "http://server",
    token: "token",
    afterSeq: 2,
    log,
    open: (_address, _auth, events) => {
      queueMicrotask(() => frames(events));
      return { send() {}, close() {}, cut() {} };
    },
  });
}

const ready = { t: "ready", lastSeq: 4 };
const message = (seq: number, text = "as written") => ({ t: "message", message: { seq, text } });
const faultOf = async (...frames: readonly { t: string }[]) =>
  (
    await told((events) => {
      for (const frame of frames) events.frame(frame);
    })
  ).fault;

test("is complete with all that was missing", async () => {
  expect(await faultOf(ready, message(3), message(4))).toBeNull();
  expect(await faultOf({ ...ready, lastSeq: 2 } as never)).toBeNull();
});

test.each([
  ["one left out", message(4)],
  ["one twice", message(2)],
  ["one that is another", message(3, "as somebody else wrote it")],
])("is not complete with %s", async (_what, frame) => {
  expect(await faultOf(ready, frame)).not.toBeNull();
});

test("is not complete where it was closed before the end", async () => {
  const fate = await told((events) => {
    events.frame(ready);
    events.frame(message(3));
    events.closed(1006, "");
  });
  expect(fate).toMatchObject({ fault: "was closed with 1006 ", messages: 1 });
});
