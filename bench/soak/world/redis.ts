/** The Redis that a soak's nodes tell each other hints through: one of its own, or the one that runs already. */

import { once } from "node:events";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { findBinary } from "./binaries.ts";
import { freePort } from "./node.ts";
import { createServerProcess } from "./server-process.ts";

interface Common {
  readonly port: number;
  /** @param port of a proxy in front of it */
  url(port?: number): string;
  /** Cuts connections of clients. */
  killClients(kind: "normal" | "pubsub"): Promise<void>;
  stop(): Promise<void>;
}

export interface OwnRedis extends Common {
  readonly kind: "own";
  /** SIGKILL; whatever it held is gone. Then starts it again. */
  restart(awayMs: number): Promise<void>;
}

export interface FoundRedis extends Common {
  readonly kind: "found";
  /** Why there is none of its own. */
  readonly why: string;
}

export type Redis = OwnRedis | FoundRedis;

/** @throws where there is neither */
export async function openRedis(): Promise<Redis> {
  const path = await findBinary("redis-server");
  if (path === null) return foundRedis("redis-server is not here");
  const port = await freePort();
  const server = createServerProcess({
    path,
    parameters: ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmpdir()],
    account: {},
    answers: () => answers(port),
  });
  await server.start();
  return {
    kind: "own",
    ...commonOf(port),
    async restart(awayMs) {
      await server.end("SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      await server.start();
    },
    stop: () => server.end("SIGKILL"),
  };
}

async function foundRedis(why: string): Promise<FoundRedis> {
  const url = new URL(process.env.TEST_REDIS_URL ?? "redis://127.0.0.1:6379");
  const port = Number(url.port || 6379);
  if (!(await answers(port)))
    throw new Error(`${why}, and none runs at ${url.host}: start one, or set TEST_REDIS_URL.`);
  return { kind: "found", why, ...commonOf(port), stop: async () => {} };
}

const commonOf = (port: number): Omit<Common, "stop"> => ({
  port,
  url: (through = port) => `redis://127.0.0.1:${through}`,
  killClients: async (kind) => void (await command(port, `CLIENT KILL TYPE ${kind} SKIPME yes`)),
});

/** An inline command of Redis' protocol. @returns the beginning of the answer */
async function command(port: number, line: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  try {
    socket.write(`${line}\r\n`);
    return String((await once(socket, "data"))[0]);
  } finally {
    socket.destroy();
  }
}

const answers = (port: number): Promise<boolean> =>
  command(port, "PING").then(
    (answer) => answer.startsWith("+PONG"),
    () => false,
  );
