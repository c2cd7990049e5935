import { afterEach, expect, test, vi } from "vitest";
import { createBadge } from "./connected/badge.ts";
import { createPanel } from "./connected/panel.ts";
import { createView, type View } from "./view.ts";

let view: View | undefined;
const life = new AbortController();

async function create(onClick = () => {}): Promise<View> {
  view = createView(() => {}, onClick);
  view.apply({ appearance: {}, strings: {} });
  await Promise.resolve();
  return view;
}

afterEach(() => view?.remove());

test("the launcher is a button that says what it will do, and whether the panel is open", async () => {
  const onClick = vi.fn();
  const { launcher, setOpen } = await create(onClick);
  expect([launcher.getAttribute("aria-label"), launcher.getAttribute("aria-expanded")]).toEqual([
    "Open messenger",
    "false",
  ]);
  setOpen(true);
  expect([launcher.getAttribute("aria-label"), launcher.getAttribute("aria-expanded")]).toEqual([
    "Close messenger",
    "true",
  ]);
  launcher.click();
  expect(onClick).toHaveBeenCalledOnce();
});

test("its texts can be overridden one by one", async () => {
  const { launcher, apply, setOpen } = await create();
  apply({ appearance: {}, strings: { open: "Nachricht schreiben" } });
  expect(launcher.getAttribute("aria-label")).toBe("Nachricht schreiben");
  setOpen(true);
  expect(launcher.getAttribute("aria-label")).toBe("Close messenger");
});

test("the page's looks go before the deployment's, whichever are known first", async () => {
  const { root, apply, deployed } = await create();
  apply({ appearance: { accent: "#ffd400" }, strings: {} });
  deployed({ accent: "#112233", position: "left" });
  expect(root.style.getPropertyValue("--accent")).toBe("#ffd400");
  expect(root.style.getPropertyValue("--on-accent")).toBe("#000");
  expect(root.className).toBe("left");
});

test("the number of unread messages is shown, and described to those who can't see it", async () => {
  const { launcher } = await create();
  const badge = createBadge(launcher);
  badge.setText(undefined);
  const shown = launcher.querySelector(`#${launcher.getAttribute("aria-describedby")}`) as HTMLElement;
  expect([shown.hidden, shown.getAttribute("aria-label")]).toEqual([true, ""]);
  badge.setCount(3);
  expect([shown.hidden, shown.textContent, shown.getAttribute("aria-label")]).toEqual([
    false,
    "3",
    "Unread messages: 3",
  ]);
  badge.setText("{count} neu");
  badge.setCount(120);
  expect([shown.textContent, shown.getAttribute("aria-label")]).toEqual(["99+", "120 neu"]);
  badge.setCount(0);
  expect(shown.hidden).toBe(true);
});

test("the focus goes into the frame on opening, and back to the launcher only where the frame had it", async () => {
  const opened = await create();
  const { launcher, root } = opened;
  const panel = createPanel(opened, life.signal);
  const frame = document.createElement("div") as unknown as HTMLIFrameElement;
  frame.tabIndex = 0;
  panel.place(frame);
  const focused = () => (root.getRootNode() as ShadowRoot).activeElement;
  panel.setOpen(true);
  expect(focused()).toBe(frame);
  panel.setOpen(false);
  expect(focused()).toBe(launcher);

  const field = document.createElement("input");
  document.body.append(field);
  panel.setOpen(true);
  field.focus();
  panel.setOpen(false);
  expect(document.activeElement).toBe(field);
  field.remove();
});
