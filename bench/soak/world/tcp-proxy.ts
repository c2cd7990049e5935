/**
 * Stands between two programs and does to their connections what networks do: cut, stall, half-open, slow, narrow. It
 * can't duplicate or reorder: TCP itself undoes that, so no program above it ever sees it.
 */

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { createPipe, fairWeather, type Pipe, type Weather } from "./pipe.ts";

/** `up`: from those who connect to the target. */
export type Direction = "up" | "down" | "both";

export interface TcpProxy {
  readonly port: number;
  weather(weather: Weather): void;
  /** Cuts every connection with RST. */
  reset(): void;
  /**
   * Nothing passes on the present connections from now on, not even that one end has gone: they are half-open. New ones
   * are not affected.
   */
  stall(direction: Direction): void;
  /** What was stalled flows on, seconds late, also from those who have gone since. */
  release(): void;
  /** Whether new connections are let through; where not, they are cut with RST. */
  admit(policy: "all" | "nobody"): void;
  close(): Promise<void>;
}

interface Passage {
  readonly ends: readonly [Socket, Socket];
  readonly up: Pipe;
  readonly down: Pipe;
}

/** @param random in [0, 1) */
export async function startTcpProxy(options: {
  readonly targetPort: number;
  readonly random: () => number;
}): Promise<TcpProxy> {
  const { targetPort, random } = options;
  const passages = new Set<Passage>();
  let present = fairWeather;
  let admitted: "all" | "nobody" = "all";

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    if (admitted === "nobody") {
      near.on("error", () => {});
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const sky = { weather: () => present, random };
    const passage: Passage = {
      ends: [near, far],
      up: createPipe(near, far, sky),
      down: createPipe(far, near, sky),
    };
    passages.add(passage);
    for (const end of passage.ends)
      end.once("close", () => {
        if (near.destroyed && far.destroyed) passages.delete(passage);
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  function reset(): void {
    for (const { ends } of passages) for (const end of ends) end.resetAndDestroy();
  }

  return {
    port,
    weather(weather) {
      present = weather;
      for (const { up, down } of passages) {
        up.hurry();
        down.hurry();
      }
    },
    reset,
    stall(direction) {
      for (const { up, down } of passages) {
        if (direction !== "down") up.stall();
        if (direction !== "up") down.stall();
      }
    },
    release() {
      for (const { up, down } of passages) {
        up.release();
        down.release();
      }
    },
    admit(policy) {
      admitted = policy;
    },
    async close() {
      reset();
      server.close();
      await once(server, "close");
    },
  };
}
