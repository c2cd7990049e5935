import { describe, expect, it } from "vitest";
import { createLanguage } from "../../locales/language.ts";
import type { LinkState, Thread } from "../../model/messenger-model.ts";
import { emptyThread, grace, pending, said, threadOf } from "../fixtures/fake-model.ts";
import { announceLink, announceThread, heardNothing, type Told } from "./announcements.ts";

const language = createLanguage({ locale: "en", strings: {}, browserLocales: [] });

const hear = (...threads: Thread[]) => {
  let heard = heardNothing;
  return threads.map((thread) => {
    const next = announceThread(heard, thread, language);
    heard = next.heard;
    return next.text;
  });
};

const history = [said({ seq: 1, text: "Hello" }), grace(2, "Hi")];

describe("messages", () => {
  it("are said with their author once, when they come in", () => {
    const more = threadOf([...history, grace(3, "Still there?")], { readSeq: 2 });
    expect(hear(threadOf(history), more, more)).toEqual([null, "Grace: Still there?", null]);
  });

  it("that were read before are history, however late they arrive", () => {
    expect(hear(emptyThread, threadOf(history))).toEqual([null, null]);
  });

  it("that waited unread are counted", () => {
    const unread = threadOf([...history, grace(3, "a"), grace(4, "b")], { readSeq: 2 });
    expect(hear(emptyThread, unread)).toEqual([null, "2 new messages"]);
  });

  it("are said even where they are marked as read in the same moment", () => {
    expect(hear(threadOf(history), threadOf([...history, grace(3, "Quick")]))).toEqual([
      null,
      "Grace: Quick",
    ]);
  });

  it("older ones put in above are not news", () => {
    const older = [said({ seq: 1, text: "a" }), grace(2, "b"), grace(3, "c")];
    expect(hear(threadOf([grace(3, "c")]), threadOf(older))).toEqual([null, null]);
  });
});

describe("a failure", () => {
  it("is said once with its reason, and again when a retry fails", () => {
    const failed = threadOf([...history, pending("a", "x", { status: "failed", code: "network" })]);
    const retried = threadOf([...history, pending("a", "x")]);
    const text = "Message not sent. We can't reach the server. Please check your connection.";
    expect(hear(threadOf(history), failed, failed, retried, failed)).toEqual([null, text, null, null, text]);
  });
});

describe("the connection", () => {
  const tell = (...kinds: LinkState["kind"][]) => {
    let told: Told = "live";
    return kinds.flatMap((kind) => {
      const next = announceLink(told, kind, language);
      told = next.told;
      return next.text === null ? [] : [next.text];
    });
  };

  it("is said to be lost once and to be back once, whatever is tried in between", () => {
    expect(tell("connecting", "live", "waiting", "connecting", "waiting", "connecting", "live")).toEqual([
      "Connection lost. Trying again.",
      "Connected again",
    ]);
  });

  it("tells offline apart", () => {
    expect(tell("live", "offline", "connecting", "live")).toEqual([
      "You are offline. Messages are sent once you are back.",
      "Connected again",
    ]);
  });
});
