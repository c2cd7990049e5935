/** The host page's side of the bridge: brings the frame about, hands it a port each time it loads, says why it fails. */

import type { Connect, FrameMessage, HostMessage } from "./messages.ts";
import { type MessengerError, messengerError } from "./messenger-error.ts";

export interface HostBridgeOptions {
  /** The companion's; nobody else can receive the port. */
  readonly origin: string;
  readonly deploymentId: string;
  /** Where the frame is put. */
  readonly root: HTMLElement;
  /** Ends the connection. */
  readonly signal: AbortSignal;
}

export interface HostBridge {
  /** Loads the frame where there is none, or where it failed. */
  need(): void;
  /** Does nothing while no frame is connected. */
  post(message: HostMessage): void;
}

/** What a frame that has loaded is told first. It loads again whenever it is moved; each load is a new connection. */
type Greet = () => readonly HostMessage[];

const loadLimitMs = 30_000;
/** The frame listens by the time that it has loaded: what does not answer at once is something else. */
const answerLimitMs = 3_000;

/** @param onFailure the next need brings about another frame */
export function createHostBridge(
  { origin, deploymentId, root, signal }: HostBridgeOptions,
  greet: Greet,
  onMessage: (message: FrameMessage) => void,
  onFailure: (error: MessengerError) => void,
): HostBridge {
  const src = `${origin}/embed/${encodeURIComponent(deploymentId)}`;
  let frame: HTMLIFrameElement | null = null;
  let port: MessagePort | undefined;
  let timer: ReturnType<typeof setTimeout>;
  /** The frame's page or script may have been lost on the way: it is loaded twice before anything is blamed. */
  let isSecond = false;

  const post = (message: HostMessage): void => port?.postMessage(message);

  function disconnect(): void {
    clearTimeout(timer);
    port?.close();
    port = undefined;
  }

  function close(): void {
    disconnect();
    frame = null;
  }

  function fail(...[code, message, retryable]: Parameters<typeof messengerError>): void {
    close();
    onFailure(
      navigator.onLine
        ? messengerError(code, message, retryable)
        : messengerError("network", "The browser is offline.", true),
    );
  }

  function load(loading: HTMLIFrameElement): void {
    timer = setTimeout(fail, loadLimitMs, "timeout", `${src} does not load within 30 s.`, true);
    loading.src = src;
  }

  function unanswered(silent: HTMLIFrameElement): void {
    // From outside, a refusal by `frame-ancestors` looks like any other page; it is by far the likeliest cause.
    if (isSecond)
      fail("origin_not_allowed", `${src} does not answer. Add ${location.origin} to its allowedOrigins.`);
    else load(silent);
    isSecond = !isSecond;
  }

  function connect(loaded: HTMLIFrameElement): void {
    disconnect();
    const { port1, port2 } = new MessageChannel();
    port = port1;
    // The frame is ours, from the companion's origin, and reached over a port of its own: what it says is taken as it is.
    port.onmessage = ({ data }: MessageEvent<FrameMessage>) => {
      if (data.t === "ready") {
        clearTimeout(timer);
        isSecond = false;
      }
      onMessage(data);
    };
    timer = setTimeout(unanswered, answerLimitMs, loaded);
    // The exact origin: a page that an error, a redirect or a refusal put in the frame's place does not receive the port.
    loaded.contentWindow?.postMessage({ vouch: "connect", version: 1 } satisfies Connect, origin, [port2]);
    greet().forEach(post);
  }

  document.addEventListener(
    "securitypolicyviolation",
    ({ disposition, effectiveDirective, blockedURI }) => {
      // A policy that only reports blocks nothing.
      const blocked = disposition === "enforce" && effectiveDirective === "frame-src";
      if (frame && blocked && blockedURI.startsWith(origin))
        fail("blocked_by_csp", `The page's CSP blocks the messenger. Add ${origin} to its frame-src.`);
    },
    { signal },
  );
  signal.addEventListener("abort", close);

  return {
    need: () => {
      if (frame) return;
      const loading = document.createElement("iframe");
      loading.name = "vouch-messenger";
      loading.title = "Messenger";
      loading.referrerPolicy = "no-referrer";
      loading.onload = () => {
        if (frame === loading) connect(loading);
      };
      frame = loading;
      isSecond = false;
      load(loading);
      root.querySelector("iframe")?.remove();
      root.prepend(frame);
    },
    post,
  };
}
