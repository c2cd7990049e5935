import { afterEach, expect, it } from "vitest";
import { ada, fakeModel, links } from "../fixtures/fake-model.ts";
import { type Stage, stage } from "../fixtures/stage.ts";

let view: Stage;
afterEach(() => view.unmount());

const banner = () => view.root.querySelector(".banner")?.textContent ?? null;

it("says that the connection is lost, and can try at once", async () => {
  const model = fakeModel({ link: links.waiting });
  view = await stage(model);
  expect(banner()).toContain("Connection lost. Trying again.");
  await view.act(() => view.one("button", "Try now").click());
  expect(model.asked).toEqual(["reconnect"]);
  expect(document.activeElement).toBe(view.one("log"));
});

it("says offline and connecting, and nothing while all is well", async () => {
  const model = fakeModel();
  view = await stage(model);
  expect(banner()).toBe(null);
  await view.act(() => {
    model.link.value = links.offline;
  });
  expect(banner()).toContain("You are offline");
  await view.act(() => {
    model.link.value = links.connecting;
  });
  expect(banner()).toBe("Connecting");
});

it("says nothing of attempts once the sign-in has expired: none are made", async () => {
  view = await stage(
    fakeModel({
      session: { kind: "expired", contact: ada, canSignIn: false },
      link: links.offline,
    }),
  );
  expect(banner()).toMatch(/^You are signed out\./);
  expect(view.all("button", "Sign in")).toEqual([]);
});
