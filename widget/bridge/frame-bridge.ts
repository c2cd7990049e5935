/** The frame's side of the handshake: who may talk to the messenger. */

import { originAllowed } from "../../shared/origins.ts";
import type { Connect, FrameMessage, HostMessage } from "./messages.ts";
import { parseHostMessage } from "./parse-host-message.ts";
import { type Bridge, createBridge } from "./port.ts";

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
export function acceptHost({
  window,
  allowedOrigins,
}: AcceptOptions): Promise<Bridge<HostMessage, FrameMessage>> {
  return new Promise((resolve) => {
    const accept = ({ source, origin, data, ports: [port] }: MessageEvent<unknown>): void => {
      // A page that opened the frame's address directly is its own parent.
      if (source !== window.parent || source === window || !port) return;
      if (!originAllowed(origin, allowedOrigins) || !isConnect(data)) return;
      window.removeEventListener("message", accept);
      resolve(createBridge(port, parseHostMessage));
    };
    window.addEventListener("message", accept);
  });
}

function isConnect(data: unknown): boolean {
  const { vouch, version } = Object(data) as Partial<Record<keyof Connect, unknown>>;
  return vouch === "connect" && version === 1;
}
