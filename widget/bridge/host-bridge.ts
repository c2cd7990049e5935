/** The host page's side of the handshake: hands a port to the frame, each time the frame loads. */

import type { Connect, FrameMessage, HostMessage } from "./messages.ts";
import { type Bridge, createBridge } from "./port.ts";

/** `noLoad`: the frame's page did not arrive. `noAnswer`: something was loaded, and it is not a messenger that talks to us. */
export type HandshakeFailure = "noLoad" | "noAnswer";

export interface HandshakeOptions {
  /** Not in the document yet. It loads again whenever it is moved in the document; each load is a new connection. */
  readonly frame: HTMLIFrameElement;
  /** The companion's origin; nobody else can receive the port. */
  readonly origin: string;
  /** The frame has loaded; send `start`. What the frame says later goes to the bridge's listener set here. */
  readonly onConnect: (bridge: Pick<Bridge<FrameMessage, HostMessage>, "post">) => void;
  readonly onMessage: (message: FrameMessage) => void;
  readonly onFailure: (failure: HandshakeFailure) => void;
}

const loadLimitMs = 30_000;
const answerLimitMs = 10_000;

/** @returns ends the connection and stops waiting */
export function connectFrame({
  frame,
  origin,
  onConnect,
  onMessage,
  onFailure,
}: HandshakeOptions): () => void {
  let bridge: Bridge<FrameMessage, HostMessage> | undefined;
  let timer = setTimeout(onFailure, loadLimitMs, "noLoad");

  const connect = (): void => {
    clearTimeout(timer);
    bridge?.close();
    const { port1, port2 } = new MessageChannel();
    bridge = createBridge<FrameMessage, HostMessage>(port1, readFrameMessage);
    bridge.listen((message) => {
      if (message.t === "ready") clearTimeout(timer);
      onMessage(message);
    });
    timer = setTimeout(onFailure, answerLimitMs, "noAnswer");
    // The exact origin: a page that an error, a redirect or a refusal put in the frame's place does not receive the port.
    frame.contentWindow?.postMessage({ vouch: "connect", version: 1 } satisfies Connect, origin, [port2]);
    onConnect(bridge);
  };

  frame.addEventListener("load", connect);
  return () => {
    frame.removeEventListener("load", connect);
    clearTimeout(timer);
    bridge?.close();
  };
}

/** The frame is ours, from the companion's origin, and reached over a port of its own: its messages are known by `t`. */
const readFrameMessage = (value: unknown): FrameMessage | null =>
  typeof (value as FrameMessage | null)?.t === "string" ? (value as FrameMessage) : null;
