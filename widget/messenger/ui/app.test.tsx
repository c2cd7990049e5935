import { afterEach, describe, expect, it } from "vitest";
import type { SessionPhase } from "../model/messenger-model.ts";
import { ada, bob, fakeModel, grace, openAs, said, threadOf } from "./fixtures/fake-model.ts";
import { type Stage, stage } from "./fixtures/stage.ts";

let view: Stage;
afterEach(() => view.unmount());

const secret = threadOf([said({ seq: 1, text: "My order is 12345" }), grace(2, "Thank you")]);

describe("the header", () => {
  it("names the deployment and who is signed in, verified", async () => {
    view = await stage(fakeModel());
    expect(view.one("heading", "Acme")).toBeTruthy();
    expect(view.root.textContent).toContain("Signed in as Ada Lovelace");
    expect(view.root.textContent).toContain("Verified");
  });

  it("claims nothing of a visitor, and no verification once the sign-in has expired", async () => {
    const contact = { ...ada, name: null };
    const model = fakeModel({ session: { kind: "open", contact, verified: false } });
    view = await stage(model);
    expect(view.root.textContent).not.toContain("Signed in");
    expect(view.root.textContent).not.toContain("Verified");
    await view.act(() => {
      model.session.value = { kind: "expired", contact: ada, canSignIn: false };
    });
    expect(view.root.textContent).toContain("Signed in as Ada Lovelace");
    expect(view.root.textContent).not.toContain("Verified");
  });

  it("closes by its button and by Escape, but not by the Escape of an input method", async () => {
    const model = fakeModel();
    view = await stage(model);
    await view.act(() => view.one("button", "Close messenger").click());
    await view.press("Escape", { isComposing: true });
    await view.press("Escape");
    expect(model.asked).toEqual(["close", "close"]);
  });
});

describe("without a conversation", () => {
  const phases: readonly [SessionPhase, string, string | null, string | null][] = [
    [{ kind: "signInRequired", canSignIn: true }, "Sign in to chat", "Sign in", "signIn"],
    [{ kind: "signInRequired", canSignIn: false }, "Sign in to chat", null, null],
    [{ kind: "loggedOut", canSignIn: true }, "You are signed out", "Sign in", "signIn"],
    [{ kind: "failed", code: "network", retryable: true }, "The messenger can't open", "Retry", "reconnect"],
    [
      { kind: "failed", code: "deployment_inactive", retryable: false },
      "The messenger can't open",
      null,
      null,
    ],
  ];
  it.each(phases)(
    "%j says why, takes the focus and offers what helps",
    async (session, title, button, call) => {
      const model = fakeModel({ session });
      view = await stage(model);
      expect(view.one("heading", title)).toBeTruthy();
      expect(document.activeElement?.textContent).toContain(title);
      expect(view.all("log")).toEqual([]);
      expect(view.all("textbox")).toEqual([]);
      if (button) await view.act(() => view.one("button", button).click());
      else expect(view.all("button").length).toBe(1);
      expect(model.asked).toEqual(call ? [call] : []);
    },
  );

  it("shows a code that support can look up where trying again does not help", async () => {
    view = await stage(
      fakeModel({ session: { kind: "failed", code: "signature_invalid", retryable: false } }),
    );
    expect(view.root.textContent).toContain("Please sign in again.");
    expect(view.root.textContent).toContain("Code: signature_invalid");
  });
});

describe("a change of people", () => {
  it("leaves nothing of the conversation after a logout, even while the model still holds it", async () => {
    const model = fakeModel({ thread: secret });
    view = await stage(model);
    await view.act(() => {
      model.thread.value = threadOf([...secret.entries, grace(3, "Card 4711")], { readSeq: 2 });
    });
    expect(view.all("status")[0]?.textContent).toContain("4711");
    await view.act(() => {
      model.session.value = { kind: "loggedOut", canSignIn: true };
    });
    expect(view.root.textContent).not.toMatch(/12345|4711|Thank you|Ada/);
    expect(view.root.innerHTML).not.toMatch(/12345|4711|Ada/);
  });

  it("gives the next customer new elements, the composer's undo history included", async () => {
    const model = fakeModel({ thread: secret });
    view = await stage(model);
    await view.write("half a thought");
    const [composer, log] = [view.one("textbox"), view.one("log")];
    await view.act(() => {
      model.session.value = openAs(bob);
      model.thread.value = threadOf([]);
      model.draft.value = "";
    });
    expect(view.one("textbox")).not.toBe(composer);
    expect(view.one("log")).not.toBe(log);
    expect(view.root.innerHTML).not.toMatch(/12345|half a thought|Ada/);
    expect(view.root.textContent).toContain("Signed in as Bob");
  });

  it("does so too where nobody was in between, and keeps them while the same customer's sign-in expires", async () => {
    const model = fakeModel();
    view = await stage(model);
    const composers = [view.one("textbox")];
    const phases: SessionPhase[] = [
      { kind: "expired", contact: ada, canSignIn: true },
      openAs(ada),
      { kind: "opening" },
      openAs(ada),
    ];
    for (const phase of phases) {
      await view.act(() => {
        model.session.value = phase;
      });
      composers.push(view.one("textbox"));
    }
    const [first, expired, renewed, left, back] = composers;
    expect([expired, renewed]).toEqual([first, first]);
    expect(left).not.toBe(first);
    expect(back).toBe(left);
  });

  it("keeps what a customer began to write while their session opened", async () => {
    const model = fakeModel({ session: { kind: "opening" } });
    view = await stage(model);
    await view.write("Hello");
    const composer = view.one("textbox");
    expect((view.one("button", "Send") as HTMLButtonElement).disabled).toBe(true);
    await view.act(() => {
      model.session.value = openAs(ada);
    });
    expect(view.one("textbox")).toBe(composer);
    expect(document.activeElement).toBe(composer);
    await view.press("Enter");
    expect(model.asked).toEqual(["send Hello"]);
  });
});

describe("the focus", () => {
  it("goes into the composer each time the panel opens, and nowhere while it is closed", async () => {
    const model = fakeModel();
    model.panelOpen.value = false;
    view = await stage(model);
    expect(document.activeElement).toBe(document.body);
    const toggle = (open: boolean) =>
      view.act(() => {
        model.panelOpen.value = open;
      });
    await toggle(true);
    expect(document.activeElement).toBe(view.one("textbox", "Message"));
    view.one("button", "Close messenger").focus();
    await toggle(false);
    await toggle(true);
    expect(document.activeElement).toBe(view.one("textbox", "Message"));
  });

  it("goes there when the frame is given it later than the panel opened", async () => {
    view = await stage(fakeModel());
    view.one("textbox").blur();
    await view.act(() => {
      window.dispatchEvent(new Event("focus"));
    });
    expect(document.activeElement).toBe(view.one("textbox", "Message"));
  });

  it("is not taken from where the customer put it", async () => {
    const model = fakeModel();
    view = await stage(model);
    view.one("log").focus();
    await view.act(() => {
      model.session.value = { kind: "expired", contact: ada, canSignIn: true };
    });
    expect(document.activeElement).toBe(view.one("log"));
  });

  it("goes on to the composer when the notice that had it is gone", async () => {
    const model = fakeModel({ session: { kind: "signInRequired", canSignIn: true } });
    view = await stage(model);
    view.one("button", "Sign in").focus();
    await view.act(() => {
      model.session.value = openAs(ada);
    });
    expect(document.activeElement).toBe(view.one("textbox", "Message"));
  });
});

describe("the page", () => {
  it("is told language, direction and scheme, also when the site changes them", async () => {
    const model = fakeModel();
    view = await stage(model);
    const { documentElement } = document;
    expect([documentElement.lang, documentElement.dir, documentElement.dataset.scheme]).toEqual([
      "en",
      "ltr",
      "light",
    ]);
    await view.act(() => {
      model.settings.value = {
        appearance: { title: "متجر", locale: "ar", theme: "dark" },
        strings: { send: "أرسل" },
      };
    });
    expect([documentElement.lang, documentElement.dir, documentElement.dataset.scheme]).toEqual([
      "ar",
      "rtl",
      "dark",
    ]);
    expect(view.one("heading", "متجر")).toBeTruthy();
    expect(view.one("button", "أرسل")).toBeTruthy();
  });
});
