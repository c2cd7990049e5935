/** Frames on their way up, by POST: one request at a time, so that they arrive in order. */

import type { ClientFrame, ServerFrame } from "../../../../shared/protocol.ts";
import { type Closing, closingOf, cut } from "./answers.ts";

/** The server takes twenty. */
const framesAtOnce = 20;

export interface Upward {
  post(frame: ClientFrame): void;
}

export function createUpward(parts: {
  /** Rejects where there is no answer. */
  readonly send: (frames: readonly ClientFrame[]) => Promise<Response>;
  readonly answered: (frame: ServerFrame) => void;
  /** What was sent may or may not have arrived. */
  readonly failed: (closing: Closing) => void;
}): Upward {
  const { send, answered, failed } = parts;
  const waiting: ClientFrame[] = [];
  let isSending = false;

  async function sendNext(): Promise<void> {
    if (isSending || waiting.length === 0) return;
    isSending = true;
    try {
      const response = await send(waiting.splice(0, framesAtOnce));
      if (!response.ok) {
        failed(await closingOf(response));
        return;
      }
      // An array of ours, or a portal's page, which is no JSON.
      const { frames }: { readonly frames: readonly ServerFrame[] } = await response.json();
      for (const frame of frames) answered(frame);
    } catch {
      failed(cut);
      return;
    }
    isSending = false;
    void sendNext();
  }

  return {
    post(frame) {
      waiting.push(frame);
      void sendNext();
    },
  };
}
