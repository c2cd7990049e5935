import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createDesk } from "../model/desk.ts";
import { createAccess } from "../sign-in/access.ts";
import { DeskError } from "../transport/desk-error.ts";
import { createFakeCompanion, type FakeCompanion } from "../transport/fake-companion.ts";
import { browserTimers } from "../transport/timers.ts";
import { Console } from "./console.tsx";

const clock = { now: () => Date.parse("2026-11-21T12:00:00Z") };
let companion: FakeCompanion;

beforeEach(() => {
  vi.useFakeTimers();
  companion = createFakeCompanion();
  companion.add("ada");
  companion.store("ada", "contact", "Is <b>this</b> https://acme.example?");
  const control = createAccess(
    (token, report) =>
      createDesk({
        token,
        report,
        clock,
        api: companion.api,
        files: companion.files,
        openSocket: companion.openSocket,
        timers: browserTimers,
        random: () => 0.5,
        uuid: () => crypto.randomUUID(),
        visible: signal(true),
      }),
    () => {},
  );
  render(<Console control={control} clock={clock} />, document.body);
});
afterEach(() => {
  render(null, document.body);
  vi.useRealTimers();
});

const settle = () => act(() => vi.advanceTimersByTimeAsync(300).then(() => {}));

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`Nothing is ${selector} in ${document.body.innerHTML}`);
  return found;
}

async function signIn(): Promise<void> {
  const field = find("#token") as HTMLInputElement;
  field.value = " good ";
  await act(() => void find("form").dispatchEvent(new Event("submit", { cancelable: true })));
  companion.socket().welcome();
  await settle();
}

async function openAda(): Promise<void> {
  await signIn();
  await act(() => find(".row").click());
  await settle();
}

describe("the console", () => {
  test("asks for the token and presents it without the spaces around it", async () => {
    await signIn();
    expect(companion.socket().frames("auth")).toEqual([{ t: "auth", token: "good", delivered: true }]);
    expect(find("nav").getAttribute("aria-label")).toBe("Conversations");
  });

  test("calls nothing quiet while it can't be read", async () => {
    companion.failWith = new DeskError("network", "The server can't be reached.");
    await signIn();
    expect(find("main").textContent).toContain("The server can't be reached.");
    expect(find("main").textContent).not.toContain("All quiet");
  });

  test("says on the form that a token was not accepted", async () => {
    const field = find("#token") as HTMLInputElement;
    field.value = "bad";
    await act(() => void find("form").dispatchEvent(new Event("submit", { cancelable: true })));
    companion.socket().drop(4401);
    await settle();
    expect(find("[role=alert]").textContent).toMatch(/not accepted/);
  });

  test("shows text as text and only addresses as links", async () => {
    await openAda();
    const log = find("[role=log]");
    expect(log.getAttribute("aria-label")).toBe("Conversation");
    const article = find("[role=log] article");
    expect(article.dataset).toMatchObject({ seq: "1", author: "contact" });
    expect(article.querySelector("b")).toBeNull();
    expect(article.textContent).toContain("<b>this</b>");
    expect(article.querySelector("a")?.rel).toBe("noopener noreferrer nofollow");
  });

  test("shows who vouches for the customer, and where each field comes from", async () => {
    await openAda();
    const contact = find("[aria-label=Contact]").textContent;
    for (const text of ["Verified", "v1/acme/AUTH/jwt/uid:ada", "signed: comm100.email"])
      expect(contact).toContain(text);
  });

  test("says so where nothing vouches for a visitor", async () => {
    const { contact } = companion.add("visitor");
    companion.add("visitor", { contact: { ...contact, verified: false, name: null, fields: {} } });
    companion.store("visitor", "contact", "Hello");
    await signIn();
    await act(() => find(".row").click());
    await settle();
    expect(find("[aria-label=Contact]").textContent).toContain("Not verified");
  });

  test("puts the system's remarks into nobody's mouth", async () => {
    companion.store("ada", "system", "Signed in.");
    await openAda();
    const authors = [...document.querySelectorAll("[role=log] .message-author")];
    expect(authors.map(({ textContent }) => textContent)).toEqual(["Ada Lindqvist", "System"]);
  });

  test("sends the reply on Enter, and not while characters are composed or a new line is meant", async () => {
    await openAda();
    const field = find("textarea") as HTMLTextAreaElement;
    expect([field.getAttribute("aria-label"), find("form button").textContent]).toEqual(["Reply", "Send"]);
    field.value = "On its way.";
    await act(() => void field.dispatchEvent(new Event("input", { bubbles: true })));
    const press = (options: KeyboardEventInit) =>
      act(
        () =>
          void field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, ...options })),
      );
    await press({ shiftKey: true });
    await press({ isComposing: true });
    expect(companion.socket().frames("send")).toEqual([]);
    await press({});
    expect(companion.socket().frames("send")).toMatchObject([{ conversationId: "ada", text: "On its way." }]);
    expect(find("[data-status=sending]").textContent).toContain("On its way.");
  });
});

test("an agent takes a conversation over, sets it aside, and sees that others are there", async () => {
  await openAda();
  const button = (text: string): HTMLButtonElement => {
    const found = [...document.querySelectorAll("button")].find(({ textContent }) =>
      textContent?.startsWith(text),
    );
    if (!found) throw new Error(`There is no button ${text}.`);
    return found;
  };
  await act(() => button("Take over").click());
  await settle();
  expect(companion.calls).toContain("update ada Agent");
  expect(find(".pane-title").textContent).toContain("with Agent");
  button("Give back");
  await act(() => button("Set aside").click());
  await settle();
  expect(find(".pane-title").textContent).toContain("waiting for the customer");
  expect(document.querySelector(".row")).toBeNull();
  button("Reopen");
  expect(document.querySelector(".colleagues")).toBeNull();
  const agents = [{ name: "Agent" }, { name: "Grace" }];
  await act(() => companion.socket().receive({ t: "presence", agents }));
  expect(find(".colleagues").textContent).toBe("2 desks open: Agent, Grace");
});
