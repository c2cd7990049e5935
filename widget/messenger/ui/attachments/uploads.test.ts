import { beforeEach, describe, expect, it } from "vitest";
import type { Outcome } from "../../transport/send-file.ts";
import { createUploads, type Uploads } from "./uploads.ts";

interface Sending {
  readonly file: File;
  progress(part: number): void;
  over(outcome: Outcome): void;
  cancelled: boolean;
}

const file = (name: string, type = "text/plain", content = "x") => new File([content], name, { type });
const ready = (id: string): Outcome => ({
  kind: "ready",
  attachment: { id, name: id, type: "text/plain", size: 1 },
});

describe("Chosen files", () => {
  let sent: Sending[];
  let addresses: string[];
  let uploads: Uploads;
  beforeEach(() => {
    sent = [];
    addresses = [];
    uploads = createUploads({
      limits: { attachmentBytes: 10, attachmentsPerMessage: 5 },
      send(file, told) {
        const sending = { file, ...told, cancelled: false };
        sent.push(sending);
        return () => {
          sending.cancelled = true;
        };
      },
      addressOf: ({ name }) => {
        addresses.push(name);
        return name;
      },
      forgetAddress: (address) => {
        addresses = addresses.filter((other) => other !== address);
      },
    });
  });
  const states = () => uploads.all.value.map(({ name, state }) => `${name} ${state.kind}`);
  const names = () => sent.map(({ file }) => file.name);

  it("are sent three at a time, each telling how far it has come", () => {
    expect(uploads.add(["a", "b", "c", "d"].map((name) => file(name)))).toBe(true);
    expect(states()).toEqual(["a sending", "b sending", "c sending", "d waiting"]);
    sent[1]?.progress(0.5);
    expect(uploads.all.value[1]?.state).toEqual({ kind: "sending", progress: 0.5 });
    sent[1]?.over(ready("1"));
    expect([names(), states()]).toEqual([
      ["a", "b", "c", "d"],
      ["a sending", "b ready", "c sending", "d sending"],
    ]);
  });

  it("are as many as a message carries", () => {
    expect(uploads.add(Array.from({ length: 6 }, (_, i) => file(String(i))))).toBe(false);
    expect(uploads.all.value).toHaveLength(5);
    expect(uploads.add([file("more")])).toBe(false);
  });

  it("that are too large are not sent at all, and can't be retried", () => {
    uploads.add([file("big", "text/plain", "x".repeat(11)), file("fits", "text/plain", "x".repeat(10))]);
    expect(states()).toEqual(["big failed", "fits sending"]);
    uploads.retry(0);
    expect(names()).toEqual(["fits"]);
  });

  it("that failed are retried where that can help", () => {
    uploads.add([file("a"), file("b")]);
    sent[0]?.over({ kind: "failed", code: "network", retryable: true });
    sent[1]?.over({ kind: "failed", code: "attachment_refused", retryable: false });
    for (const { key } of uploads.all.value) uploads.retry(key);
    expect([names(), states()]).toEqual([
      ["a", "b", "a"],
      ["a sending", "b failed"],
    ]);
  });

  it("are cancelled where they are on their way, and make room for the next", () => {
    uploads.add(["a", "b", "c", "d"].map((name) => file(name)));
    uploads.remove(0);
    expect([sent[0]?.cancelled, states()]).toEqual([true, ["b sending", "c sending", "d sending"]]);
  });

  it("are taken once, in their order, those that are there; the others stay", () => {
    uploads.add(["a", "b", "c"].map((name) => file(name)));
    sent[2]?.over(ready("c"));
    sent[0]?.over(ready("a"));
    expect(uploads.take()?.map(({ id }) => id)).toEqual(["a", "c"]);
    expect(uploads.take()).toBeUndefined();
    expect(states()).toEqual(["b sending"]);
  });

  it("are shown as pictures where browsers show them, and nothing is left of that afterwards", () => {
    uploads.add([file("a.png", "image/png"), file("b.svg", "image/svg+xml"), file("c.jpg", "image/jpeg")]);
    expect(uploads.all.value.map(({ preview }) => preview)).toEqual(["a.png", null, "c.jpg"]);
    uploads.remove(0);
    expect(addresses).toEqual(["c.jpg"]);
    uploads.clear();
    expect([addresses, uploads.all.value, sent.every(({ cancelled }) => cancelled)]).toEqual([[], [], true]);
  });

  it("that are told of after they were given up change nothing", () => {
    uploads.add([file("a")]);
    uploads.clear();
    uploads.add([file("b")]);
    sent[0]?.over(ready("a"));
    expect(states()).toEqual(["b sending"]);
  });
});
