import { afterEach, expect, test, vi } from "vitest";
import { createBadge } from "./connected/badge.ts";
import { moveFocus } from "./connected/panel.ts";
import { createView, type View } from "./view.ts";

const settings = { appearance: {}, strings: {} };
let view: View | undefined;

async function create(onClick = () => {}): Promise<View> {
  view = createView(settings, () => {}, onClick);
  await Promise.resolve();
  return view;
}

afterEach(() => view?.remove());

test("the launcher is a button that says what it will do, and whether the panel is open", async () => {
  const onClick = vi.fn();
  const { launcher, show } = await create(onClick);
  expect([launcher.getAttribute("aria-label"), launcher.getAttribute("aria-expanded")]).toEqual([
    "Open messenger",
    "false",
  ]);
  show({ open: true });
  expect([launcher.getAttribute("aria-label"), launcher.getAttribute("aria-expanded")]).toEqual([
    "Close messenger",
    "true",
  ]);
  launcher.click();
  expect(onClick).toHaveBeenCalledOnce();
});

test("its texts can be overridden one by one", async () => {
  const { launcher, show } = await create();
  show({ settings: { appearance: {}, strings: { open: "Nachricht schreiben" } } });
  expect(launcher.getAttribute("aria-label")).toBe("Nachricht schreiben");
  show({ open: true });
  expect(launcher.getAttribute("aria-label")).toBe("Close messenger");
});

test("the page's looks go before the deployment's, whichever are known first", async () => {
  const { root, show } = await create();
  show({ settings: { appearance: { accent: "#ffd400" }, strings: {} } });
  show({ deployed: { accent: "#112233", position: "left" } });
  expect(root.style.getPropertyValue("--accent")).toBe("#ffd400");
  expect(root.style.getPropertyValue("--on-accent")).toBe("#000");
  expect(root.className).toBe("left");
});

test("the root says whether the panel is open, on whichever side it is", async () => {
  const { root, show } = await create();
  expect(root.className).toBe("right");
  show({ open: true });
  expect(root.className).toBe("right open");
});

test("the number of unread messages is shown, and described to those who can't see it", async () => {
  const created = await create();
  const { launcher } = created;
  const unread = createBadge(created);
  const shown = launcher.querySelector("span") as HTMLElement;
  expect([shown.hidden, launcher.title]).toEqual([true, ""]);
  unread(3);
  expect([shown.hidden, shown.textContent, launcher.title]).toEqual([false, "3", "Unread messages: 3"]);
  created.show({ settings: { appearance: {}, strings: { unread: "{count} neu" } } });
  unread();
  expect([shown.textContent, launcher.title]).toEqual(["3", "3 neu"]);
  unread(120);
  expect([shown.textContent, launcher.title]).toEqual(["99+", "120 neu"]);
  unread(0);
  expect([shown.hidden, launcher.title]).toEqual([true, ""]);
});

test("the focus goes into the frame on opening, and back to the launcher only where the frame had it", async () => {
  const opened = await create();
  const { launcher, root } = opened;
  const frame = document.createElement("iframe");
  frame.srcdoc = "";
  frame.tabIndex = 0;
  root.prepend(frame);
  const focused = () => (root.getRootNode() as ShadowRoot).activeElement;
  moveFocus(opened, true);
  expect(focused()).toBe(frame);
  moveFocus(opened, false);
  expect(focused()).toBe(launcher);

  const field = document.createElement("input");
  document.body.append(field);
  moveFocus(opened, true);
  field.focus();
  moveFocus(opened, false);
  expect(document.activeElement).toBe(field);
  field.remove();
});
