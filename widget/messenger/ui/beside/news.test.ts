import { describe, expect, it } from "vitest";
import { besideTexts } from "../../locales/en.beside.ts";
import { createLanguage } from "../../locales/language.ts";
import type { SessionPhase, Thread } from "../../model/messenger-model.ts";
import {
  ada,
  emptyThread,
  fakeModel,
  grace,
  links,
  openAs,
  pending,
  said,
  threadOf,
} from "../fixtures/fake-model.ts";
import { createNews } from "./news.ts";

const language = createLanguage({ locale: "en", strings: {}, browserLocales: [] }, besideTexts);

const hear = (...threads: Thread[]) => {
  const model = fakeModel();
  const news = createNews(model);
  return threads.map((thread) => {
    model.thread.value = thread;
    return news(language);
  });
};

const history = [said({ seq: 1, text: "Hello" }), grace(2, "Hi")];

describe("messages", () => {
  it("are said with their author once, when they come in", () => {
    const more = threadOf([...history, grace(3, "Still there?")], { readSeq: 2 });
    expect(hear(threadOf(history), more, more)).toEqual(["", "Grace: Still there?", ""]);
  });

  it("without words are said by what they carry", () => {
    const sent = grace(3, "");
    if (sent.kind !== "message") throw new Error("unreachable");
    const attachments = ["a.png", "b.pdf"].map((name) => ({ id: name, name, type: "x/y", size: 1 }));
    const carrying = { ...sent, message: { ...sent.message, attachments } };
    const more = threadOf([...history, carrying], { readSeq: 2 });
    expect(hear(threadOf(history), more)).toEqual(["", "Grace: a.png, b.pdf"]);
  });

  it("that were read before are history, however late they arrive", () => {
    expect(hear(emptyThread, threadOf(history))).toEqual(["", ""]);
  });

  it("that waited unread are counted", () => {
    const unread = threadOf([...history, grace(3, "a"), grace(4, "b")], { readSeq: 2 });
    expect(hear(emptyThread, unread)).toEqual(["", "2 new messages"]);
  });

  it("are said even where they are marked as read in the same moment", () => {
    expect(hear(threadOf(history), threadOf([...history, grace(3, "Quick")]))).toEqual(["", "Grace: Quick"]);
  });

  it("older ones put in above are not news", () => {
    const older = [said({ seq: 1, text: "a" }), grace(2, "b"), grace(3, "c")];
    expect(hear(threadOf([grace(3, "c")]), threadOf(older))).toEqual(["", ""]);
  });
});

describe("a failure", () => {
  it("is said once with its reason, and again when a retry fails", () => {
    const failed = threadOf([...history, pending("a", "x", { status: "failed", code: "network" })]);
    const retried = threadOf([...history, pending("a", "x")]);
    const text = "Not sent. The server can't be reached. Please check your connection.";
    expect(hear(threadOf(history), failed, failed, retried, failed)).toEqual(["", text, "", "", text]);
  });
});

describe("what keeps messages from going out", () => {
  const tell = (...states: (keyof typeof links | SessionPhase)[]) => {
    const model = fakeModel();
    const news = createNews(model);
    return states.flatMap((state) => {
      if (typeof state === "object") model.session.value = state;
      else model.link.value = links[state];
      return news(language) || [];
    });
  };

  it("is a lost connection once, and once that it is back, whatever is tried in between", () => {
    expect(tell("connecting", "live", "waiting", "connecting", "waiting", "connecting", "live")).toEqual([
      "Connection lost. Trying again.",
      "Connected again",
    ]);
  });

  it("tells offline apart", () => {
    expect(tell("live", "offline", "connecting", "live")).toEqual([
      "You are offline. Messages wait here.",
      "Connected again",
    ]);
  });

  it("is an expired sign-in, whatever the connection does", () => {
    const expired: SessionPhase = { kind: "expired", contact: ada, canSignIn: true };
    expect(tell("live", expired, "offline", "live", openAs(ada))).toEqual([
      "You are signed out. What you write is sent once you have signed in again.",
      "Connected again",
    ]);
  });
});

it("says by its state alone that the conversation was closed", () => {
  const closing = threadOf([...history, said({ seq: 3, by: "system", text: "Conversation closed." })]);
  expect(hear(threadOf(history, { readSeq: 2 }), closing)).toEqual(["", ""]);
});

it("says once that the conversation was closed, and again when it is closed again", () => {
  const model = fakeModel();
  const news = createNews(model);
  const states = ["open", "closed", "closed", "open", "closed"] as const;
  const closed = "This conversation was closed. Write to open it again.";
  expect(
    states.map((state) => {
      model.desk.value = { state };
      return news(language);
    }),
  ).toEqual(["", closed, "", "", closed]);
});
