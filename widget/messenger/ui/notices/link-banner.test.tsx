import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ada, fakeModel, noon } from "../fixtures/fake-model.ts";
import { type Stage, stage } from "../fixtures/stage.ts";

let view: Stage;
beforeEach(() => {
  vi.useFakeTimers({ now: noon, toFake: ["setInterval", "clearInterval", "Date"] });
});
afterEach(() => {
  view.unmount();
  vi.useRealTimers();
});

const clock = { now: () => Date.now() };
const banner = () => view.root.querySelector(".banner")?.textContent ?? null;

it("counts down to the next attempt, and can try at once", async () => {
  const model = fakeModel({ link: { kind: "waiting", retryAt: noon + 3000 } });
  view = await stage(model, clock);
  expect(banner()).toContain("Next attempt in 3 seconds.");
  await view.act(() => {
    vi.advanceTimersByTime(2000);
  });
  expect(banner()).toContain("Next attempt in 1 second.");
  await view.act(() => view.one("button", "Try now").click());
  expect(model.asked).toEqual(["reconnect"]);
  expect(document.activeElement).toBe(view.one("log"));
});

it("says offline and connecting, and nothing while all is well", async () => {
  const model = fakeModel();
  view = await stage(model, clock);
  expect(banner()).toBe(null);
  await view.act(() => {
    model.link.value = { kind: "offline" };
  });
  expect(banner()).toContain("You are offline");
  await view.act(() => {
    model.link.value = { kind: "connecting" };
  });
  expect(banner()).toBe("Connecting");
});

it("says nothing of attempts once the sign-in has expired: none are made", async () => {
  const model = fakeModel({
    session: { kind: "expired", contact: ada, canSignIn: true },
    link: { kind: "offline" },
  });
  view = await stage(model, clock);
  expect(view.root.textContent).not.toContain("offline");
});
