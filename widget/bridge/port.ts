/** One end of the bridge: typed messages over a MessagePort. */
export interface Bridge<In, Out> {
  /** Lost where the other end is gone; whoever needs an answer asks again after reconnecting. */
  post(message: Out): void;
  /** Call once. What arrived before is delivered then, in order. */
  listen(handler: (message: In) => void): void;
  close(): void;
}

/** @param parse reads what arrives; null where it is nothing this side knows, which is dropped: a newer other end may say more */
export function createBridge<In, Out>(
  port: MessagePort,
  parse: (value: unknown) => In | null,
): Bridge<In, Out> {
  return {
    post: (message) => port.postMessage(message),
    listen: (handler) => {
      port.onmessage = ({ data }) => {
        const message = parse(data);
        if (message) handler(message);
      };
    },
    close: () => port.close(),
  };
}
