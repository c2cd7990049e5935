import { signal } from "@preact/signals-core";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Entry, Thread } from "../../model/messenger-model.ts";
import { ada, emptyThread, fakeModel, grace, openAs, said, threadOf } from "../fixtures/fake-model.ts";
import { createAttendant, type LogAttendant } from "./attend-log.ts";

/** A log that scrolls as browsers do: never beyond its ends. */
function logOf(height: number) {
  let top = 0;
  const size = { scrollHeight: height, clientHeight: 100 };
  const end = () => Math.max(0, size.scrollHeight - size.clientHeight);
  const log = document.createElement("div");
  Object.defineProperties(log, {
    scrollHeight: { get: () => size.scrollHeight },
    clientHeight: { get: () => size.clientHeight },
    scrollTop: {
      get: () => Math.min(top, end()),
      set: (value: number) => {
        top = Math.min(Math.max(0, value), end());
      },
    },
  });
  return { log, size };
}

const history = [said({ seq: 1, text: "Hello" }), grace(2, "Hi")];
const more = [...history, grace(3, "Still there?")];

let attendant: LogAttendant;
afterEach(() => attendant.dispose());

function attend(thread: Thread, height = 500) {
  const model = fakeModel({ thread });
  const visible = signal(true);
  const { log, size } = logOf(height);
  attendant = createAttendant({ model, visible });
  attendant.attach(log);
  attendant.settle();
  const scrollTo = (top: number) => {
    log.scrollTop = top;
    attendant.scrolled();
  };
  /** The thread has changed, and the rows are drawn. */
  const show = (entries: readonly Entry[], rest: Partial<Thread>, added: number) => {
    model.thread.value = threadOf(entries, rest);
    size.scrollHeight += added;
    attendant.settle();
  };
  return { model, visible, log, size, scrollTo, show };
}

describe("a reader at the newest message", () => {
  it("stays there when messages come in, and when the keyboard takes half of the screen", () => {
    const { log, size, show } = attend(threadOf(history));
    expect([log.scrollTop, attendant.place.value]).toEqual([400, "newest"]);
    show(more, {}, 60);
    expect(log.scrollTop).toBe(460);
    size.clientHeight = 50;
    attendant.settle();
    expect([log.scrollTop, attendant.place.value]).toEqual([510, "newest"]);
  });
});

describe("a reader who scrolled up", () => {
  it("stays where they are until they come back", () => {
    const { log, scrollTo, show } = attend(threadOf(history));
    scrollTo(200);
    show(more, {}, 60);
    expect([log.scrollTop, attendant.place.value]).toEqual([200, "above"]);
    scrollTo(440);
    expect(attendant.place.value).toBe("newest");
  });

  it("is not forgotten while the frame is hidden", () => {
    const { size, scrollTo } = attend(threadOf(history));
    scrollTo(100);
    Object.assign(size, { clientHeight: 0, scrollHeight: 0 });
    scrollTo(0);
    attendant.settle();
    expect(attendant.place.value).toBe("above");
  });

  it("sees nothing move when older messages are put in above, however high they are", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 5000 }), (top, added) => {
        const { log, scrollTo, show } = attend(threadOf([grace(2, "b"), grace(3, "c")]));
        scrollTo(top);
        show([grace(1, "a"), grace(2, "b"), grace(3, "c")], {}, added);
        expect(log.scrollTop).toBe(top + added);
        attendant.dispose();
      }),
    );
  });
});

describe("a reader who opens the panel", () => {
  it("begins at the newest message, wherever they were", () => {
    const { model, log, scrollTo } = attend(threadOf(history));
    scrollTo(100);
    model.panelOpen.value = false;
    expect(attendant.place.value).toBe("start");
    model.panelOpen.value = true;
    expect([log.scrollTop, attendant.place.value]).toEqual([400, "newest"]);
  });

  it("begins at the line before what is new where it does not all fit", () => {
    const { model, log } = attend(threadOf(history));
    model.panelOpen.value = false;
    const line = document.createElement("p");
    line.className = "new";
    Object.defineProperty(line, "offsetTop", { value: 216 });
    log.append(line);
    model.panelOpen.value = true;
    expect([log.scrollTop, attendant.place.value]).toEqual([200, "above"]);
  });
});

describe("what counts as read", () => {
  it("is the newest message once it is in view, on the screen", () => {
    const { model, visible, show } = attend(threadOf(history));
    visible.value = false;
    show(more, { readSeq: 2 }, 0);
    expect(model.asked).toEqual([]);
    visible.value = true;
    expect(model.asked).toEqual(["markRead 3"]);
  });

  it("is each message as it comes in while the customer looks", () => {
    const { model, show } = attend(threadOf(history));
    show(more, { readSeq: 2 }, 0);
    expect(model.asked).toEqual(["markRead 3"]);
  });

  it("is nothing while the panel is closed, the reader scrolled up, or the log has no height yet", () => {
    const { model, size, scrollTo } = attend(threadOf(history));
    scrollTo(100);
    model.thread.value = threadOf(more, { readSeq: 2 });
    model.panelOpen.value = false;
    attendant.settle();
    size.clientHeight = 0;
    model.panelOpen.value = true;
    attendant.settle();
    expect(model.asked).toEqual([]);
    size.clientHeight = 100;
    attendant.settle();
    expect(model.asked).toEqual(["markRead 3"]);
  });

  it("is nothing for a customer whose sign-in has expired, until it is renewed", () => {
    const { model } = attend(threadOf(history));
    model.session.value = { kind: "expired", contact: ada, canSignIn: true };
    model.thread.value = threadOf(more, { readSeq: 2 });
    expect(model.asked).toEqual([]);
    model.session.value = openAs(ada);
    expect(model.asked).toEqual(["markRead 3"]);
  });
});

describe("the new part", () => {
  it("begins after what was read before the panel opened, and stays while it is read", () => {
    const { model } = attend(threadOf(more, { readSeq: 2 }));
    expect([model.thread.value.readSeq, attendant.newAfter.value]).toEqual([3, 2]);
  });

  it("begins with what comes in while the customer has scrolled up or looks elsewhere", () => {
    const { visible, scrollTo, show } = attend(threadOf(history));
    visible.value = false;
    show(more, { readSeq: 2 }, 0);
    expect(attendant.newAfter.value).toBe(2);
    visible.value = true;
    scrollTo(100);
    show([...more, grace(4, "Hello?")], { readSeq: 3 }, 0);
    expect(attendant.newAfter.value).toBe(3);
  });

  it("stays where it is for a reader who scrolls up from it", () => {
    const { scrollTo } = attend(threadOf(more, { readSeq: 2 }));
    scrollTo(100);
    expect(attendant.newAfter.value).toBe(2);
  });

  it("is over when the panel closes", () => {
    const { model } = attend(threadOf(more, { readSeq: 2 }));
    model.panelOpen.value = false;
    expect(attendant.newAfter.value).toBe(Number.POSITIVE_INFINITY);
  });

  it("does not begin with history, nor with what comes in while the customer looks", () => {
    const { show } = attend(emptyThread);
    show(history, { readSeq: 2 }, 0);
    expect(attendant.newAfter.value).toBe(Number.POSITIVE_INFINITY);
    show(more, { readSeq: 2 }, 0);
    expect(attendant.newAfter.value).toBe(Number.POSITIVE_INFINITY);
  });
});
