/**
 * What the tabs of one customer tell each other, so that they agree at once where their connections do not, or are cut.
 * Numbers and whose they are, never a text: whoever listens learns no more.
 */

import type { After } from "../surroundings.ts";

/** How far a conversation has come, and how far the customer has read it. */
export interface Reached {
  readonly lastSeq: number;
  readonly readSeq: number;
}

export interface Hints {
  /** The outbox that is kept has changed. */
  outbox(): void;
  reached(reached: Reached): void;
  leave(): void;
}

export interface HintHandlers {
  outbox(): void;
  reached(reached: Reached): void;
}

/** A burst of messages is told once. */
const pauseMs = 100;

type Channel = Pick<BroadcastChannel, "postMessage" | "addEventListener" | "close">;

/** @param channel undefined where the browser has none: then the connections alone agree */
export function createHints(
  channel: Channel | undefined,
  owner: string,
  after: After,
  heard: HintHandlers,
): Hints {
  let far: Reached = { lastSeq: 0, readSeq: 0 };
  let cancel: (() => void) | null = null;

  function farther(reached: Reached): boolean {
    const before = far;
    far = {
      lastSeq: Math.max(before.lastSeq, reached.lastSeq),
      readSeq: Math.max(before.readSeq, reached.readSeq),
    };
    return far.lastSeq > before.lastSeq || far.readSeq > before.readSeq;
  }

  channel?.addEventListener("message", ({ data }) => {
    const hint = parse(data);
    if (hint?.owner !== owner) return;
    if (!hint.reached) heard.outbox();
    // Not told again to whom it was heard from.
    else if (farther(hint.reached)) heard.reached(hint.reached);
  });

  return {
    outbox: () => channel?.postMessage({ owner }),
    reached(reached) {
      if (farther(reached))
        cancel ??= after(pauseMs, () => {
          cancel = null;
          channel?.postMessage({ owner, reached: far });
        });
    },
    leave() {
      cancel?.();
      channel?.close();
    },
  };
}

function parse(data: unknown): { readonly owner: string; readonly reached: Reached | null } | null {
  const { owner, reached } = Object(data);
  const { lastSeq, readSeq } = Object(reached);
  if (typeof owner !== "string") return null;
  if (reached === undefined) return { owner, reached: null };
  return Number.isSafeInteger(lastSeq) && Number.isSafeInteger(readSeq)
    ? { owner, reached: { lastSeq, readSeq } }
    : null;
}
