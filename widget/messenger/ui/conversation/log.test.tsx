import { afterEach, describe, expect, it } from "vitest";
import type { Entry } from "../../model/messenger-model.ts";
import { type FakeModel, fakeModel, grace, links, noon, threadOf } from "../fixtures/fake-model.ts";
import { type Stage, stage } from "../fixtures/stage.ts";

let view: Stage;
afterEach(() => view.unmount());

const messages = (from: number, to: number): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, i) => grace(from + i, `Message ${from + i}`, noon));

/** The document has no layout here: each message is 50 pixels high, the log 200. */
function layOut(log: HTMLElement, model: FakeModel): void {
  let top = 0;
  const height = () => model.thread.value.entries.length * 50;
  Object.defineProperties(log, {
    clientHeight: { value: 200 },
    scrollHeight: { get: height },
    scrollTop: {
      get: () => top,
      set: (value: number) => {
        top = Math.max(0, Math.min(value, height() - 200));
      },
    },
  });
}

async function show(entries: readonly Entry[], hasOlder = false) {
  const model = fakeModel();
  view = await stage(model);
  const log = view.one("log");
  layOut(log, model);
  await view.act(() => {
    model.thread.value = threadOf(entries, { hasOlder });
  });
  const scrollTo = (top: number) =>
    view.act(() => {
      log.scrollTop = top;
      log.dispatchEvent(new Event("scroll"));
    });
  return { model, log, scrollTo };
}

describe("older messages", () => {
  it("are asked for when the reader comes near the oldest, once for each page", async () => {
    const { model, log, scrollTo } = await show(messages(51, 100), true);
    expect([log.scrollTop, model.asked]).toEqual([2300, []]);
    await scrollTo(150);
    await scrollTo(100);
    expect(model.asked).toEqual(["loadOlder"]);
    await view.act(() => {
      model.thread.value = threadOf(messages(1, 100), { hasOlder: false });
    });
    expect(log.scrollTop).toBe(2600);
    expect(model.asked).toEqual(["loadOlder"]);
  });

  it("are asked for at once where the log is not full", async () => {
    const { model } = await show(messages(10, 11), true);
    expect(model.asked).toEqual(["loadOlder"]);
  });

  it("that can't be had are not asked for in a loop, but again by the next scroll there", async () => {
    const { model, scrollTo } = await show(messages(51, 100), true);
    await scrollTo(100);
    await view.act(() => {
      model.thread.value = { ...model.thread.value, loadingOlder: true };
    });
    expect(view.one("log").textContent).toContain("Loading");
    await view.act(() => {
      model.thread.value = { ...model.thread.value, loadingOlder: false };
    });
    expect(model.asked).toEqual(["loadOlder"]);
    await scrollTo(1000);
    await scrollTo(0);
    expect(model.asked).toEqual(["loadOlder", "loadOlder"]);
  });

  it("wait for the connection", async () => {
    const { model, scrollTo } = await show(messages(51, 100), true);
    await view.act(() => {
      model.link.value = links.offline;
    });
    await scrollTo(0);
    expect(model.asked).toEqual([]);
    await view.act(() => {
      model.link.value = links.live;
    });
    expect(model.asked).toEqual(["loadOlder"]);
  });
});

describe("a reader who scrolled up", () => {
  it("stays there when messages come in, is told how many, and can jump to them", async () => {
    const { model, log, scrollTo } = await show(messages(1, 50));
    await scrollTo(1000);
    await view.act(() => {
      model.thread.value = threadOf(messages(1, 52), { readSeq: 50 });
    });
    expect(log.scrollTop).toBe(1000);
    expect(model.asked).toEqual([]);
    await view.act(() => view.one("button", "Jump to newest, 2 new messages").click());
    expect(log.scrollTop).toBe(2400);
    expect(model.asked).toEqual(["markRead 52"]);
    expect(view.all("button", /^Jump/)).toEqual([]);
    expect(document.activeElement).toBe(log);
  });

  it("comes to the end by sending", async () => {
    const { log, scrollTo } = await show(messages(1, 50));
    await scrollTo(1000);
    await view.write("Hello");
    await view.press("Enter");
    expect(log.scrollTop).toBe(2350);
  });
});
