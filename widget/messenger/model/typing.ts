/** “… is writing”, both ways. Neither side relies on the other to say that it stopped. */

import type { Signal } from "@preact/signals-core";
import type { After } from "../surroundings.ts";

/** Said again this often while composing. */
const sayMs = 3000;
/** Believed for this long without hearing it again. */
const believeMs = 6000;

/**
 * @param names kept up to date: in the order they began; null is an agent without a name
 * @returns to be told who is writing, or no longer
 */
export function createRemoteTyping(
  after: After,
  names: Signal<readonly (string | null)[]>,
): (name: string | null, on: boolean) => void {
  const expiries = new Map<string | null, () => void>();

  return function heard(name, on) {
    const known = expiries.get(name);
    known?.();
    if (on)
      expiries.set(
        name,
        after(believeMs, () => heard(name, false)),
      );
    else expiries.delete(name);
    if (on !== Boolean(known)) names.value = [...expiries.keys()];
  };
}

/** @returns to be told of the draft whenever it changes */
export function createOwnTyping(after: After, say: (on: boolean) => void): (draft: string) => void {
  let cancel: (() => void) | null = null;

  function stop(): void {
    cancel?.();
    cancel = null;
  }

  return (draft) => {
    if (draft.trim() === "") {
      if (cancel) say(false);
      stop();
    } else if (!cancel) {
      say(true);
      cancel = after(sayMs, stop);
    }
  };
}
