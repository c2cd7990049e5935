/** The frame's side of the handshake: who may talk to the messenger. */

import { originAllowed } from "../../shared/origins.ts";
import type { Connect, FrameMessage, HostMessage } from "./messages.ts";

/** The page that shows the messenger. Its origin was checked: what it says is known by `t` and taken as it is. */
export interface Host {
  /** Lost where the page is gone. */
  post(message: FrameMessage): void;
  /** Call once. What arrived before is delivered then, in order. */
  listen(handler: (message: HostMessage) => void): void;
}

export interface AcceptOptions {
  readonly window: Window;
  /** Patterns of the deployment, as in `shared/origins.ts`. */
  readonly allowedOrigins: readonly string[];
}

/**
 * Waits for the host page to hand over a port, once for each load of the frame: a second page script, or a frame beside
 * this one, gets no answer. Resolves never where no allowed page calls. Call while the frame's module script runs: the
 * host sends after the frame's `load` event, which waits for module scripts, so the listener stands in time.
 */
export function acceptHost({ window, allowedOrigins }: AcceptOptions): Promise<Host> {
  return new Promise((resolve) => {
    const accept = ({ source, origin, data, ports: [port] }: MessageEvent<Partial<Connect> | null>): void => {
      // A page that opened the frame's address directly is its own parent.
      if (source !== window.parent || source === window || !port) return;
      if (!originAllowed(origin, allowedOrigins) || data?.vouch !== "connect" || data.version !== 1) return;
      window.removeEventListener("message", accept);
      resolve({
        post: (message) => port.postMessage(message),
        listen: (handler) => {
          port.onmessage = ({ data }) => handler(data);
        },
      });
    };
    window.addEventListener("message", accept);
  });
}
