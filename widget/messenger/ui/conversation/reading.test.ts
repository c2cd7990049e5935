import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { emptyThread, fakeModel, grace, said, threadOf } from "../fixtures/fake-model.ts";
import { createReading } from "./reading.ts";

const history = [said({ seq: 1, text: "Hello" }), grace(2, "Hi")];
const more = [...history, grace(3, "Still there?")];

function reader(thread = threadOf(history)) {
  const model = fakeModel({ thread });
  const visible = signal(true);
  return { model, visible, reading: createReading(model, visible) };
}

describe("reading", () => {
  it("marks the newest message once it is in view, on the screen", () => {
    const { model, visible, reading } = reader(threadOf(more, { readSeq: 2 }));
    visible.value = false;
    reading.atNewest.value = true;
    expect(model.asked).toEqual([]);
    visible.value = true;
    expect(model.asked).toEqual(["markRead 3"]);
  });

  it("marks nothing when the panel opens again, before the log has found out what it shows", () => {
    const { model, reading } = reader();
    reading.atNewest.value = true;
    model.panelOpen.value = false;
    model.thread.value = threadOf(more, { readSeq: 2 });
    model.panelOpen.value = true;
    expect(model.asked).toEqual([]);
    reading.atNewest.value = true;
    expect(model.asked).toEqual(["markRead 3"]);
  });

  it("marks nothing for a customer whose sign-in has expired", () => {
    const { model, reading } = reader(threadOf(more, { readSeq: 2 }));
    model.session.value = {
      kind: "expired",
      contact: { id: "a", platformKey: "k", name: null },
      canSignIn: true,
    };
    reading.atNewest.value = true;
    expect(model.asked).toEqual([]);
  });

  it("marks each message as it comes in while the customer looks", () => {
    const { model, reading } = reader();
    reading.atNewest.value = true;
    model.thread.value = threadOf(more, { readSeq: 2 });
    expect(model.asked).toEqual(["markRead 3"]);
    expect(reading.divider.value).toBe(null);
  });
});

describe("the line before what is new", () => {
  it("is drawn for what came in before the panel opened, and stays while it is read", () => {
    const { reading } = reader(threadOf(more, { readSeq: 2 }));
    expect(reading.divider.value).toBe(2);
    reading.atNewest.value = true;
    expect(reading.divider.value).toBe(2);
  });

  it("is drawn for what comes in while the customer has scrolled up or looks elsewhere", () => {
    const { model, visible, reading } = reader();
    reading.atNewest.value = true;
    visible.value = false;
    model.thread.value = threadOf(more, { readSeq: 2 });
    expect(reading.divider.value).toBe(2);
    visible.value = true;
    visible.value = false;
    model.thread.value = threadOf([...more, grace(4, "Hello?")], { readSeq: 3 });
    expect(reading.divider.value).toBe(3);
  });

  it("goes when the customer answers, and when the panel closes", () => {
    const { model, reading } = reader(threadOf(more, { readSeq: 2 }));
    reading.atNewest.value = true;
    reading.replied();
    expect(reading.divider.value).toBe(null);

    const other = reader(threadOf(more, { readSeq: 2 }));
    other.reading.atNewest.value = true;
    other.model.panelOpen.value = false;
    expect(other.reading.divider.value).toBe(null);
    expect(model.asked).toEqual(["markRead 3"]);
  });

  it("is never drawn for one's own messages or in an empty conversation", () => {
    expect(reader(threadOf([said({ seq: 1, text: "Hello" })], { readSeq: 0 })).reading.divider.value).toBe(
      null,
    );
    expect(reader(emptyThread).reading.divider.value).toBe(null);
  });
});
