/** Brings the frame about when it is first needed, and says why where that fails. */

import { connectFrame, type HandshakeFailure } from "../../bridge/host-bridge.ts";
import type { FrameMessage, HostMessage } from "../../bridge/messages.ts";
import { MessengerError } from "../../bridge/messenger-error.ts";

export interface FrameLinkOptions {
  /** The companion's. */
  readonly origin: string;
  readonly deploymentId: string;
  /** Puts the frame into the document. */
  readonly place: (frame: HTMLIFrameElement) => void;
  /** Whenever the frame has loaded: `start` is due. */
  readonly onConnect: () => void;
  readonly onMessage: (message: FrameMessage) => void;
  readonly onFailure: (error: MessengerError) => void;
}

export interface FrameLink {
  /** Loads the frame where there is none, or where it failed. */
  need(): void;
  /** Does nothing while no frame is connected. */
  post(message: HostMessage): void;
  close(): void;
}

type State =
  | { readonly kind: "none" }
  | { readonly kind: "loading"; readonly stop: () => void }
  | { readonly kind: "connected"; readonly stop: () => void; readonly post: FrameLink["post"] };

export function createFrameLink(options: FrameLinkOptions): FrameLink {
  const { origin, deploymentId, place, onConnect, onMessage, onFailure } = options;
  const src = `${origin}/embed/${encodeURIComponent(deploymentId)}`;
  let state: State = { kind: "none" };

  function close(): void {
    if ("stop" in state) state.stop();
    state = { kind: "none" };
  }

  function fail(error: MessengerError): void {
    close();
    onFailure(error);
  }

  function load(): void {
    const frame = document.createElement("iframe");
    frame.name = "vouch-messenger";
    frame.title = "Messenger";
    frame.allow = "clipboard-write";
    frame.referrerPolicy = "no-referrer";
    frame.src = src;

    const disconnect = connectFrame({
      frame,
      origin,
      onConnect: ({ post }) => {
        state = { kind: "connected", stop, post };
        onConnect();
      },
      onMessage,
      onFailure: (failure) => fail(explain(failure, src)),
    });
    const onViolation = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent): void => {
      if (effectiveDirective === "frame-src" && blockedURI.startsWith(origin))
        fail(
          new MessengerError(
            "blocked_by_csp",
            `The page's Content-Security-Policy blocks the messenger's frame. Add ${origin} to its frame-src.`,
          ),
        );
    };
    document.addEventListener("securitypolicyviolation", onViolation);
    const stop = (): void => {
      disconnect();
      document.removeEventListener("securitypolicyviolation", onViolation);
    };
    state = { kind: "loading", stop };
    place(frame);
  }

  return {
    need: () => {
      if (!("stop" in state)) load();
    },
    post: (message) => {
      if (state.kind === "connected") state.post(message);
    },
    close,
  };
}

function explain(failure: HandshakeFailure, src: string): MessengerError {
  if (!navigator.onLine) return new MessengerError("network", "The browser is offline.", true);
  if (failure === "noLoad") return new MessengerError("timeout", `${src} did not load within 30 s.`, true);
  // From outside, a refusal by `frame-ancestors` looks like any other page; it is by far the likeliest cause.
  return new MessengerError(
    "origin_not_allowed",
    `${src} loaded but does not answer. Add ${location.origin} to the deployment's allowedOrigins, and check that the address opens.`,
  );
}
