import { WebSocket } from "ws";

export interface Frame {
  readonly t: string;
  readonly [member: string]: unknown;
}

/** The other end of a socket, as a test sees it. */
export interface TestSocket {
  readonly raw: WebSocket;
  /** Sends as soon as the socket is open; a string goes out as it is. */
  send(frame: object | string | Uint8Array): void;
  /** The next frame of this kind; frames of other kinds before it are dropped. Rejects where the socket closes first. */
  next(t: string): Promise<Frame>;
  /** Settles with the close code. */
  readonly closed: Promise<number>;
  /** Everything that has arrived. */
  readonly frames: readonly Frame[];
  close(): void;
}

export function openTestSocket(url: string, origin?: string): TestSocket {
  const raw = new WebSocket(url, origin === undefined ? {} : { origin });
  const frames: Frame[] = [];
  const queue: Frame[] = [];
  const waiting: { t: string; resolve(frame: Frame): void; reject(error: Error): void }[] = [];
  const opened = new Promise<void>((resolve) => raw.once("open", () => resolve()));
  const closed = new Promise<number>((resolve) => {
    raw.once("close", (code) => {
      resolve(code);
      for (const { t, reject } of waiting.splice(0)) reject(new Error(`closed ${code} before ${t}`));
    });
  });
  // Refused upgrades and cut connections; `closed` tells.
  raw.on("error", () => {});

  function deliver(): void {
    for (let wanted = waiting[0]; wanted && queue.length > 0; wanted = waiting[0]) {
      const frame = queue.shift();
      if (frame?.t !== wanted.t) continue;
      waiting.shift();
      wanted.resolve(frame);
    }
  }

  raw.on("message", (data) => {
    const frame = JSON.parse(String(data)) as Frame;
    frames.push(frame);
    queue.push(frame);
    deliver();
  });

  return {
    raw,
    frames,
    closed,
    send(frame) {
      const data = typeof frame === "string" || frame instanceof Uint8Array ? frame : JSON.stringify(frame);
      if (raw.readyState === WebSocket.OPEN) raw.send(data);
      else void opened.then(() => raw.send(data));
    },
    next: (t) =>
      new Promise((resolve, reject) => {
        waiting.push({ t, resolve, reject });
        deliver();
        if (raw.readyState === WebSocket.CLOSED) reject(new Error(`closed before ${t}`));
      }),
    close: () => raw.terminate(),
  };
}
