import { effect } from "@preact/signals";
import type { Desk } from "../model/desk.ts";

/**
 * Keeps the open conversation in the address' fragment (`#conversation=…`): a reload returns to it, and on a phone the
 * browser's “back” leads to the list. @returns a function that stops following
 */
export function followAddress(
  desk: Pick<Desk, "selectedId" | "select">,
  page: Pick<Window, "location" | "history" | "addEventListener" | "removeEventListener">,
): () => void {
  const addressed = () => new URLSearchParams(page.location.hash.slice(1)).get("conversation");
  const follow = () => desk.select(addressed());
  if (addressed() !== null) follow();
  page.addEventListener("popstate", follow);
  const stop = effect(() => {
    const id = desk.selectedId.value;
    if (id === addressed()) return;
    const { pathname, search } = page.location;
    const fragment = id === null ? "" : `#conversation=${encodeURIComponent(id)}`;
    page.history.pushState(null, "", pathname + search + fragment);
  });
  return () => {
    page.removeEventListener("popstate", follow);
    stop();
  };
}
