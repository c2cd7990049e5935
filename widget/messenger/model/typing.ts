/** “… is writing”, both ways. Neither side relies on the other to say that it stopped. */

import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { After } from "../surroundings.ts";

/** Said again this often while composing. */
const sayMs = 3000;
/** Believed for this long without hearing it again. */
const believeMs = 6000;

export interface RemoteTyping {
  /** Names, in the order they began; null is an agent without a name. */
  readonly names: ReadonlySignal<readonly (string | null)[]>;
  heard(name: string | null, on: boolean): void;
}

export function createRemoteTyping(after: After): RemoteTyping {
  const expiries = new Map<string | null, () => void>();
  const names = signal<readonly (string | null)[]>([]);

  function heard(name: string | null, on: boolean): void {
    const known = expiries.get(name);
    known?.();
    if (on)
      expiries.set(
        name,
        after(believeMs, () => heard(name, false)),
      );
    else expiries.delete(name);
    if (on !== Boolean(known)) names.value = [...expiries.keys()];
  }

  return { names, heard };
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
