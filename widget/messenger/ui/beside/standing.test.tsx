import { afterEach, expect, it } from "vitest";
import { fakeModel, links } from "../fixtures/fake-model.ts";
import { type Stage, stage } from "../fixtures/stage.ts";

let view: Stage;
afterEach(() => view.unmount());

const shown = (name: string) => view.root.querySelector(`.${name}`)?.textContent ?? null;

it("says whether somebody is there, and nothing while that is not known", async () => {
  const model = fakeModel();
  view = await stage(model);
  expect(shown("attendance")).toBe(null);
  await view.act(() => {
    model.desk.value = { online: true };
  });
  expect(shown("attendance")).toBe("Online");
  await view.act(() => {
    model.desk.value = { online: false };
  });
  expect(shown("attendance")).toBe("Away, will answer later");
  await view.act(() => {
    model.link.value = links.offline;
  });
  expect(shown("attendance")).toBe(null);
});

it("says of a closed conversation that writing opens it, until it is open", async () => {
  const model = fakeModel();
  view = await stage(model);
  await view.act(() => {
    model.desk.value = { state: "closed" };
  });
  expect(shown("banner")).toBe("This conversation was closed. Write to open it again.");
  await view.act(() => {
    model.desk.value = { state: "open" };
  });
  expect(shown("banner")).toBe(null);
});

it("says what hinders first", async () => {
  const model = fakeModel({ link: links.offline, desk: { state: "closed" } });
  view = await stage(model);
  expect(shown("banner")).toContain("You are offline");
});
