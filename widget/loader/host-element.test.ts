import { afterEach, expect, test, vi } from "vitest";
import { createHostElement, type HostElement } from "./host-element.ts";

const standing: HostElement[] = [];
const elements = () => document.querySelectorAll("vouch-messenger");

async function create(onAttached = () => {}): Promise<HostElement> {
  const host = createHostElement(onAttached);
  standing.push(host);
  await Promise.resolve();
  return host;
}

afterEach(() => {
  for (const host of standing.splice(0)) host.remove();
});

test("stands in the body once, with an open shadow root", async () => {
  const attached = vi.fn();
  const host = await create(attached);
  expect([...elements()].map(({ shadowRoot }) => shadowRoot)).toEqual([host.root]);
  expect(attached).toHaveBeenCalledOnce();
});

test("comes back where a navigation takes it out or replaces the body, and says that it stands only once", async () => {
  const attached = vi.fn();
  const host = await create(attached);
  elements()[0]?.remove();
  await vi.waitFor(() => expect(elements()[0]?.shadowRoot).toBe(host.root));
  document.body.replaceWith(document.createElement("body"));
  await vi.waitFor(() => expect(elements()[0]?.shadowRoot).toBe(host.root));
  expect(attached).toHaveBeenCalledOnce();
});

test("stays where the page puts it back itself", async () => {
  await create();
  const [element] = elements();
  const place = document.createElement("main");
  document.body.append(place);
  element?.remove();
  if (element) place.append(element);
  await new Promise((resolve) => setTimeout(resolve));
  expect(element?.parentElement).toBe(place);
});

test("a copy, as a page cache makes one, does not stay", async () => {
  const host = await create();
  const copy = elements()[0]?.cloneNode(true);
  if (copy) document.body.append(copy);
  expect([...elements()].map(({ shadowRoot }) => shadowRoot)).toEqual([host.root]);
});

test("removed for good, it does not come back", async () => {
  const host = await create();
  host.remove();
  await new Promise((resolve) => setTimeout(resolve));
  expect(elements()).toHaveLength(0);
});

test("removed before there was a body to stand in, it never appears", async () => {
  const attached = vi.fn();
  createHostElement(attached).remove();
  await Promise.resolve();
  expect(elements()).toHaveLength(0);
  expect(attached).not.toHaveBeenCalled();
});
