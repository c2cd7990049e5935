import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { richText } from "../../../../shared/rich-text.tsx";
import { ada, type FakeModel, fakeModel, grace, said, threadOf } from "../fixtures/fake-model.ts";
import { type Stage, stage } from "../fixtures/stage.ts";

vi.mock("../../../../shared/rich-text.tsx", { spy: true });

let model: FakeModel;
let view: Stage;
beforeEach(async () => {
  model = fakeModel({ thread: threadOf([said({ seq: 1, text: "Hello" }), grace(2, "Hi")]) });
  view = await stage(model);
});
afterEach(() => view.unmount());

const send = () => view.one("button", "Send") as HTMLButtonElement;
const field = () => view.one("textbox", "Message") as HTMLTextAreaElement;

describe("sending", () => {
  it("by Enter empties the field and keeps the focus there", async () => {
    await view.write("Where is my order?");
    await view.press("Enter");
    expect(model.asked).toEqual(["send Where is my order?"]);
    expect(field().value).toBe("");
    expect(document.activeElement).toBe(field());
  });

  it("by the button does the same", async () => {
    await view.write("Hello?");
    send().focus();
    await view.act(() => send().click());
    expect(model.asked).toEqual(["send Hello?"]);
    expect(document.activeElement).toBe(field());
  });

  it("leaves Shift+Enter to the field, and Enter to an input method", async () => {
    await view.write("こんにち");
    await view.press("Enter", { shiftKey: true });
    await view.press("Enter", { isComposing: true });
    await view.press("Enter", { keyCode: 229 } as KeyboardEventInit);
    expect(model.asked).toEqual([]);
  });

  it("waits for something to send", async () => {
    expect(send().disabled).toBe(true);
    await view.write(" \n ");
    await view.press("Enter");
    expect([send().disabled, model.asked]).toEqual([true, []]);
    await view.write("x");
    expect(send().disabled).toBe(false);
  });

  it("goes on after the sign-in has expired, and says what becomes of it", async () => {
    await view.act(() => {
      model.session.value = { kind: "expired", contact: ada, canSignIn: true };
    });
    expect(view.root.textContent).toContain("What you write is sent once you have signed in again.");
    await view.write("Later then");
    await view.press("Enter");
    await view.act(() => view.one("button", "Sign in").click());
    expect(model.asked).toEqual(["send Later then", "signIn"]);
  });
});

describe("the limit", () => {
  it("is told when it comes near, and holds", async () => {
    await view.write("x".repeat(3599));
    expect(view.root.textContent).not.toContain("Characters left");
    await view.write("x".repeat(3999));
    expect(view.root.textContent).toContain("Characters left: 1");
    const description = field().getAttribute("aria-describedby") ?? "";
    expect(document.getElementById(description)?.textContent).toBe("Characters left: 1");
    await view.write("x".repeat(4002));
    expect(view.root.textContent).toContain("Characters left: -2");
    expect(view.all("status").map((status) => status.textContent)).toContain(
      "The message is too long. Please split it.",
    );
    await view.press("Enter");
    expect([send().disabled, field().getAttribute("aria-invalid"), model.asked]).toEqual([true, "true", []]);
  });

  it("counts an emoji once", async () => {
    await view.write("😀".repeat(3995));
    expect(view.root.textContent).toContain("Characters left: 5");
    await view.write("😀".repeat(2000));
    expect(view.root.textContent).not.toContain("Characters left");
  });
});

it("draws no message again while the customer writes", async () => {
  vi.mocked(richText).mockClear();
  await view.write("One");
  await view.write("One by one");
  expect(richText).not.toHaveBeenCalled();
});
