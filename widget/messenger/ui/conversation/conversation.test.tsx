import { afterEach, describe, expect, it, vi } from "vitest";
import { richText } from "../../../../shared/rich-text.tsx";
import type { Entry, Thread } from "../../model/messenger-model.ts";
import {
  ada,
  emptyThread,
  fakeModel,
  grace,
  links,
  noon,
  pending,
  said,
  threadOf,
} from "../fixtures/fake-model.ts";
import { type Stage, stage } from "../fixtures/stage.ts";

vi.mock("../../../../shared/rich-text.tsx", { spy: true });

let view: Stage;
afterEach(() => view.unmount());

const show = async (thread: Thread) => {
  const model = fakeModel({ thread });
  view = await stage(model);
  return model;
};
const history = [said({ seq: 1, text: "Hello" }), grace(2, "Hi")];

describe("the log", () => {
  it("holds each message as an article with its place and how far it came", async () => {
    await show(threadOf([...history, said({ seq: 3, text: "One", status: "sent" }), pending("p", "Two")]));
    expect(view.one("log", "Conversation").getAttribute("aria-live")).toBe("off");
    const articles = view.all("article").map(({ dataset, textContent }) => ({ ...dataset, textContent }));
    expect(articles).toEqual([
      { seq: "1", status: "read", textContent: "Hello" },
      { seq: "2", status: "read", textContent: "Hi" },
      { seq: "3", status: "sent", textContent: "One" },
      { status: "sending", textContent: "Two" },
    ]);
  });

  it("shows what the system says in the site's own words, and whatever others say as they wrote it", async () => {
    const closed = "Conversation closed.";
    const model = await show(
      threadOf([said({ seq: 1, text: closed }), said({ seq: 2, by: "system", text: closed })]),
    );
    const texts = () => view.all("article").map(({ textContent }) => textContent);
    expect(texts()).toEqual([closed, closed]);
    await view.act(() => {
      model.settings.value = { appearance: {}, strings: { [closed]: "Unterhaltung geschlossen." } };
    });
    expect(texts()).toEqual([closed, "Unterhaltung geschlossen."]);
  });

  it("names each article by author, time and status, and shows name and time once a group", async () => {
    await show(
      threadOf([grace(1, "a", noon), grace(2, "b", noon + 1000), said({ seq: 3, text: "c", at: noon })]),
    );
    const names = view.all("article").map((article) => article.getAttribute("aria-label"));
    expect(names).toEqual([
      expect.stringMatching(/^Grace, \d+:\d\d.*$/),
      expect.stringMatching(/^Grace, \d+:\d\d.*$/),
      expect.stringMatching(/^You, \d+:\d\d.*, Read$/),
    ]);
    expect(view.root.textContent?.match(/Grace/g)?.length).toBe(1);
    expect(view.root.textContent).toContain("Today");
  });

  it("keeps a message's element on its way from the outbox to its reader", async () => {
    const model = await show(threadOf([...history, pending("message-3", "Three")]));
    const article = view.all("article").at(-1);
    for (const status of ["sent", "delivered", "read"] as const) {
      await view.act(() => {
        model.thread.value = threadOf([...history, said({ seq: 3, text: "Three", status })]);
      });
      expect(view.all("article").at(-1)).toBe(article);
      expect(article?.dataset.status).toBe(status);
    }
    expect(article?.dataset.seq).toBe("3");
  });

  it("draws only what changed among thousands", async () => {
    const thousands: Entry[] = Array.from({ length: 2000 }, (_, i) => grace(i + 1, `Message ${i + 1}`, noon));
    const model = await show(threadOf(thousands));
    vi.mocked(richText).mockClear();
    await view.act(() => {
      // New objects throughout, as after a reload from storage.
      model.thread.value = threadOf([...structuredClone(thousands), grace(2001, "One more", noon)]);
    });
    expect(view.all("article").length).toBe(2001);
    // The new one, and the one that no longer ends its group.
    expect(vi.mocked(richText).mock.calls).toEqual([["Message 2000"], ["One more"]]);
  });

  it("greets where nothing has been said, and does not where messages are still on their way", async () => {
    const model = await show(emptyThread);
    expect(view.one("heading", "How can we help?")).toBeTruthy();
    await view.act(() => {
      model.thread.value = { ...emptyThread, lastSeq: 12 };
    });
    expect(view.all("heading", "How can we help?")).toEqual([]);
  });

  it("says who is writing", async () => {
    const model = await show(threadOf(history));
    for (const [names, text] of [
      [["Grace"], "Grace is typing"],
      [[null], "Support is typing"],
      [["Grace", "Lin"], "Several are typing"],
    ] as const) {
      await view.act(() => {
        model.typing.value = names;
      });
      expect(view.one("log").textContent).toContain(text);
    }
  });
});

describe("a message that failed", () => {
  const failed = (code: "rate_limited" | "message_too_long", retryable: boolean) =>
    threadOf([
      ...history,
      pending("p1", "Lost", { status: "failed", code, retryable }),
      pending("p2", "Next"),
    ]);

  it("says why and can be tried again or deleted, wherever it stands", async () => {
    const model = await show(failed("rate_limited", true));
    const article = view.all("article")[2];
    expect(article?.dataset.status).toBe("failed");
    expect(article?.textContent).toContain("Not sent. Too many messages.");
    view.one("button", "Retry").focus();
    await view.act(() => view.one("button", "Retry").click());
    // The button goes with the failure: the focus must not fall to the page.
    expect(document.activeElement).toBe(view.one("log"));
    await view.act(() => view.one("button", "Delete").click());
    expect(model.asked.filter((call) => !call.startsWith("markRead"))).toEqual(["retry p1", "discard p1"]);
  });

  it("is edited in the composer, in front of what is begun there, and leaves the log", async () => {
    const model = await show(failed("message_too_long", false));
    await view.write("and more");
    await view.act(() => view.one("button", "Edit").click());
    expect(model.asked).toContain("discard p1");
    expect(model.draft.value).toBe("Lost\nand more");
    expect(document.activeElement).toBe(view.one("textbox"));
  });

  it("gives nothing to edit that may still be sent", async () => {
    const model = await show(failed("message_too_long", false));
    model.discard = () => false;
    await view.act(() => view.one("button", "Edit").click());
    expect(model.draft.value).toBe("");
  });

  it("offers no retry that can't succeed", async () => {
    await show(failed("message_too_long", false));
    expect(view.all("button", "Retry")).toEqual([]);
    expect(view.one("button", "Delete")).toBeTruthy();
  });
});

describe("a message that waits", () => {
  const fate = () => [
    view.root.querySelector(".foot .sending")?.textContent,
    view.all("article").at(-1)?.getAttribute("aria-label")?.split(", ").at(-1),
  ];

  it("says what for, to eyes and ears", async () => {
    const model = await show(threadOf([pending("p1", "Hello")]));
    expect(fate()).toEqual(["Sending", "Sending"]);
    await view.act(() => {
      model.link.value = links.offline;
    });
    expect(fate()).toEqual(["Waiting for the network", "Waiting for the network"]);
    await view.act(() => {
      model.session.value = { kind: "expired", contact: ada, canSignIn: true };
    });
    expect(fate()).toEqual(["Waiting for you to sign in", "Waiting for you to sign in"]);
  });

  it("among a hundred leaves no room, and says so where one writes", async () => {
    await show(threadOf(Array.from({ length: 100 }, (_, count) => pending(`p${count}`, "Hello"))));
    expect(view.root.querySelector(".over")?.textContent).toBe(
      "Too many messages are waiting. This one stays here.",
    );
  });
});

describe("the announcer", () => {
  it("says what comes in while the panel is open, and stays silent while it is closed", async () => {
    const model = await show(threadOf(history));
    const [announcer] = view.all("status");
    await view.act(() => {
      model.thread.value = threadOf([...history, grace(3, "There you are")], { readSeq: 2 });
    });
    expect(announcer?.textContent).toBe("Grace: There you are");
    await view.act(() => {
      model.panelOpen.value = false;
    });
    await view.act(() => {
      model.thread.value = threadOf([...history, grace(3, "There you are"), grace(4, "Bye")], { readSeq: 3 });
    });
    expect(announcer?.textContent).toBe("Grace: There you are");
  });
});

describe("reading", () => {
  it("marks what a customer sees and shows where the new part begins", async () => {
    const model = await show(threadOf([...history, grace(3, "New?")], { readSeq: 2 }));
    expect(model.asked).toEqual(["markRead 3"]);
    expect(view.one("log").textContent).toMatch(/Hi.*New.*New\?/);
    await view.write("Yes");
    await view.press("Enter");
    expect(view.root.querySelector(".new")).toBe(null);
  });
});
