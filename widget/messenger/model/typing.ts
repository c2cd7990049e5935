/** “… is writing”, both ways. Neither side relies on the other to say that it stopped. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { After } from "../surroundings.ts";

/** Said again this often while composing. */
const sayMs = 3000;
/** Believed for this long without hearing it again. */
const believeMs = 6000;

export interface RemoteTyping {
  /** Names, in the order they began; null is an agent without a name. */
  readonly names: ReadonlySignal<readonly (string | null)[]>;
  heard(name: string | null, on: boolean): void;
  dispose(): void;
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

  return {
    names,
    heard,
    dispose() {
      for (const cancel of expiries.values()) cancel();
    },
  };
}

export interface OwnTyping {
  /** The draft changed. */
  composing(draft: string): void;
  dispose(): void;
}

export function createOwnTyping(after: After, say: (on: boolean) => void): OwnTyping {
  let cancel: (() => void) | null = null;

  function stop(): void {
    cancel?.();
    cancel = null;
  }

  return {
    composing(draft) {
      if (draft.trim() === "") {
        if (cancel) say(false);
        stop();
      } else if (!cancel) {
        say(true);
        cancel = after(sayMs, stop);
      }
    },
    dispose: stop,
  };
}
