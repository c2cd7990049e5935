import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ada, bob, type FakeModel, fakeModel, noon, openAs } from "../fixtures/fake-model.ts";
import { type Stage, stage } from "../fixtures/stage.ts";

let view: Stage;
let model: FakeModel;

const dialog = () => document.querySelector("dialog");
const text = () => dialog()?.textContent ?? null;
const buttons = () => [...(dialog()?.querySelectorAll("button") ?? [])];
const button = (name: string) =>
  buttons().find((one) => (one.getAttribute("aria-label") ?? one.textContent) === name);
const press = (name: string) => settle(() => button(name)?.click());

/** What is only sometimes needed is loaded when it is. */
const settle = (change: () => void) =>
  view.act(async () => {
    change();
    await vi.dynamicImportSettled();
  });

beforeEach(() => {
  model = fakeModel();
});
afterEach(() => {
  model.question.value = null;
  model.remark.value = null;
  model.panelOpen.value = false;
  view.unmount();
});

describe("the question to who signs in", () => {
  const visitor = { ...ada, id: "visitor", name: null };
  beforeEach(async () => {
    model.session.value = { kind: "open", contact: visitor, verified: false };
    view = await stage(model);
    await settle(() => {
      model.question.value = "signingIn";
    });
  });

  it("is an alert dialog with a name, a text and two answers", () => {
    expect(dialog()?.getAttribute("role")).toBe("alertdialog");
    const named = (attribute: string) =>
      document.getElementById(dialog()?.getAttribute(attribute) ?? "")?.textContent;
    expect(named("aria-labelledby")).toBe("Continue this conversation?");
    expect(named("aria-describedby")).toMatch(/part of your account/);
    expect(buttons().map(({ textContent }) => textContent)).toEqual(["Continue", "Start fresh"]);
  });

  it.each([
    ["Continue", "decide along"],
    ["Start fresh", "decide nothing"],
  ])("takes %s for an answer", async (name, asked) => {
    await press(name);
    expect(model.asked).toEqual([asked]);
  });

  it("decides nothing by Escape", async () => {
    await settle(() => dialog()?.dispatchEvent(new Event("cancel", { cancelable: true })));
    expect(model.asked).toEqual(["putOff"]);
    expect(dialog()).not.toBe(null);
  });

  it("is gone once there is nothing to decide, and the composer has the focus", async () => {
    await settle(() => {
      model.question.value = null;
    });
    expect(dialog()).toBe(null);
    expect(document.activeElement).toBe(view.one("textbox", "Message"));
  });

  it("keeps the composer and the log of the visitor who becomes the customer", async () => {
    const before = [view.one("textbox", "Message"), view.one("log")];
    await settle(() => {
      model.question.value = null;
      model.session.value = { kind: "open", contact: ada, verified: true, steppedUpFrom: "visitor" };
    });
    expect([view.one("textbox", "Message"), view.one("log")]).toEqual(before);
  });
});

it("can be put off by a button before anybody signs in, and names nobody", async () => {
  view = await stage(model);
  await settle(() => {
    model.question.value = "beforeSignIn";
  });
  expect(text()).toContain("Continue this conversation?");
  await press("Cancel");
  expect(model.asked).toEqual(["putOff"]);
});

it("names the customer where the server knows them already", async () => {
  view = await stage(model);
  await settle(() => {
    model.question.value = "signedIn";
  });
  expect(text()).toContain("Continue as Ada Lovelace?");
});

it("tells in one line what became of a sign-in, until it is read", async () => {
  view = await stage(model);
  await settle(() => {
    model.remark.value = "popupBlocked";
  });
  expect(text()).toContain("The sign-in window was blocked.");
  await press("OK");
  expect([dialog(), model.remark.value]).toEqual([null, null]);
});

describe("where one is signed in", () => {
  const session = (id: string, device: string, current = false) => ({
    id,
    device,
    createdAt: new Date(noon).toISOString(),
    expiresAt: new Date(noon).toISOString(),
    current,
  });
  const phone = session("1", "Safari on iPhone");
  const work = session("2", "Firefox on Linux");
  const here = session("3", "Chrome on Windows", true);

  async function show(sessions: readonly object[] | null): Promise<void> {
    if (sessions) model.answers.set("GET /sessions", { sessions });
    view = await stage(model);
    await settle(() => view.one("button", "Where you are signed in").click());
    await settle(() => {});
  }
  const devices = () =>
    [...document.querySelectorAll("dialog .device")].map(({ textContent }) => textContent);

  it("is not offered to visitors", async () => {
    model.session.value = { kind: "open", contact: ada, verified: false };
    view = await stage(model);
    expect(view.all("button", "Where you are signed in")).toEqual([]);
  });

  it("lists this device first, and no way out of it", async () => {
    await show([phone, work, here]);
    expect(devices()).toEqual(["Chrome on Windows", "Safari on iPhone", "Firefox on Linux"]);
    expect(text()).toContain("This device");
    expect(buttons().map((one) => one.getAttribute("aria-label") ?? one.textContent)).toEqual([
      "Back to the conversation",
      "Sign out: Safari on iPhone",
      "Sign out: Firefox on Linux",
      "Sign out everywhere else",
    ]);
  });

  it("signs out one, and says so", async () => {
    model.answers.set("DELETE /sessions/1", {});
    await show([here, phone, work]);
    await press("Sign out: Safari on iPhone");
    expect(model.asked).toEqual(["GET /sessions", "DELETE /sessions/1"]);
    expect(devices()).toEqual(["Chrome on Windows", "Firefox on Linux"]);
    expect(dialog()?.querySelector("[role=status]")?.textContent).toBe("Signed out: Safari on iPhone");
  });

  it("signs out everywhere else", async () => {
    model.answers.set("DELETE /sessions?others=true", {});
    await show([here, phone, work]);
    await press("Sign out everywhere else");
    expect(devices()).toEqual(["Chrome on Windows"]);
  });

  it("keeps the row where the server can't be reached", async () => {
    await show([here, phone]);
    await press("Sign out: Safari on iPhone");
    expect(devices()).toEqual(["Chrome on Windows", "Safari on iPhone"]);
    expect(text()).toContain("That did not work.");
  });

  it("can be asked for again", async () => {
    await show(null);
    expect(text()).toContain("That did not work.");
    model.answers.set("GET /sessions", { sessions: [here] });
    await press("Retry");
    expect([devices(), text()?.includes("You are signed in nowhere else.")]).toEqual([
      ["Chrome on Windows"],
      true,
    ]);
  });

  it("is gone, with every word, as soon as somebody else is here", async () => {
    await show([here, phone]);
    await settle(() => {
      model.session.value = openAs(bob);
    });
    expect(dialog()).toBe(null);
    expect(document.body.textContent).not.toContain("iPhone");
  });
});
