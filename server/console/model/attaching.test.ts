import { beforeEach, describe, expect, test } from "vitest";
import type { Attachment } from "../../../shared/protocol.ts";
import { type Attaching, createAttaching } from "./attaching.ts";

interface Uploading {
  readonly conversationId: string;
  readonly signal: AbortSignal;
  told(part: number): void;
  resolve(attachment: Attachment): void;
  reject(error: Error): void;
}

const file = (name: string) => new File(["x"], name);
const attachment = (name: string): Attachment => ({ id: name, name, type: "text/plain", size: 1 });

describe("files for a reply", () => {
  let uploads: Uploading[];
  let attaching: Attaching;
  beforeEach(() => {
    uploads = [];
    attaching = createAttaching({
      upload: (conversationId, _file, told, signal) => {
        const { promise, resolve, reject } = Promise.withResolvers<Attachment>();
        uploads.push({ conversationId, signal, told, resolve, reject });
        return promise;
      },
    });
  });
  const states = () => attaching.chosen.value.map(({ file, state }) => `${file.name} ${state.kind}`);
  const settle = () => new Promise((resolve) => setTimeout(resolve));

  test("tell how far they are, and are taken once they are there, by their own conversation", async () => {
    attaching.add("ada", [file("a"), file("b")]);
    attaching.add("bob", [file("c")]);
    uploads[0]?.told(0.5);
    expect(attaching.chosen.value[0]?.state).toEqual({ kind: "sending", progress: 0.5 });
    uploads[0]?.resolve(attachment("a"));
    uploads[2]?.resolve(attachment("c"));
    await settle();
    expect(states()).toEqual(["a ready", "b sending", "c ready"]);
    expect(attaching.take("ada")).toEqual([attachment("a")]);
    expect(attaching.take("ada")).toEqual([]);
    expect(states()).toEqual(["b sending", "c ready"]);
  });

  test("go with a conversation that becomes another", async () => {
    attaching.add("guest", [file("a")]);
    uploads[0]?.resolve(attachment("a"));
    await settle();
    attaching.move("guest", "ada");
    expect(attaching.take("guest")).toEqual([]);
    expect(attaching.take("ada")).toEqual([attachment("a")]);
  });

  test("that failed say why and are tried again; removed, they are cancelled", async () => {
    attaching.add("ada", [file("a")]);
    uploads[0]?.reject(new Error("No room"));
    await settle();
    expect(attaching.chosen.value[0]?.state).toEqual({ kind: "failed", reason: "No room" });
    attaching.retry(0);
    expect(states()).toEqual(["a sending"]);
    attaching.remove(0);
    expect([uploads[1]?.signal.aborted, states()]).toEqual([true, []]);
    uploads[1]?.reject(new Error("aborted"));
    await settle();
    expect(states()).toEqual([]);
  });
});
