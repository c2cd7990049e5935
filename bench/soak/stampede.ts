/**
 * `node bench/soak/stampede.ts [--clients N] [--json FILE]`: all clients of a node lose it at once, and come back to the
 * other by the messenger's own transport. How long until they are there, and how evenly do they come?
 */

import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { WebSocket } from "ws";
import { openSession } from "../../e2e/harness/session.ts";
import { defaultLimits } from "../../shared/limits.ts";
import type { Socket, SocketHandlers } from "../../widget/messenger/surroundings.ts";
import { createLink, type Link } from "../../widget/messenger/transport/link.ts";
import { inTurns } from "../in-turns.ts";
import { percentile } from "../row.ts";
import { randomOf } from "./plan.ts";
import { openShared } from "./world/shared.ts";
import { calm, createWorld } from "./world/world.ts";

const { values } = parseArgs({
  options: { clients: { type: "string", default: "10000" }, json: { type: "string" } },
});
const clients = Number(values.clients);
const giveUpMs = 60_000;

// By `exit`, so that what was started ends with us.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
const directory = await mkdtemp(join(tmpdir(), "vouch-stampede-"));
const shared = await openShared(console.warn);
const world = await createWorld({
  ...calm,
  directory: join(directory, "world"),
  shared,
  limits: { heartbeatMs: defaultLimits.heartbeatMs },
  env: {},
});
try {
  await world.standing();
  const [dying, staying] = world.posts;
  if (!dying || !staying) throw new Error("Two nodes are needed.");
  // What a balancer does: whoever connects is led to a node that lives.
  let target = dying.url;
  /** When each client became live again, in milliseconds after the death; attempts likewise. */
  const returns: number[] = [];
  const attempts: number[] = [];
  let diedAt = Number.POSITIVE_INFINITY;
  let live = 0;

  const tokens = await inTurns(64, clients, async (index) => {
    return (await openSession(staying.url, `client-${index}`)).sessionToken;
  });

  function connect(token: string, index: number): Link {
    const link: Link = createLink(
      {
        clock: { now: () => Date.now() },
        random: randomOf("stampede", index),
        online: () => true,
        visible: () => true,
        after: (ms, run) => {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
        fetch,
        loadDetour: () => Promise.reject(new Error("Sockets get through here.")),
        openSocket: (handlers) => {
          if (diedAt < performance.now()) attempts.push(performance.now() - diedAt);
          return open(target, handlers);
        },
      },
      {
        credentials: () => ({ token, afterSeq: 0, atMost: 1000, delivered: true }),
        frame: (frame) => {
          if (frame.t !== "ready") return;
          live++;
          if (diedAt < performance.now()) returns.push(performance.now() - diedAt);
        },
        stopped: (reason) => console.error(`A client was sent away: ${reason}`),
      },
    );
    link.tell("start");
    return link;
  }

  const links: Link[] = [];
  // The first coming is not what is measured: a hundred at a time, each hundred once the last is in.
  for (let index = 0; index < clients; index += 100) {
    for (const [offset, token] of tokens.slice(index, index + 100).entries())
      links.push(connect(token, index + offset));
    await until(() => live >= Math.min(clients, index + 100));
  }

  target = staying.url;
  diedAt = performance.now();
  dying.node.destroy();
  await until(() => returns.length >= clients);

  const report = {
    clients,
    returned: returns.length,
    p50Seconds: seconds(percentile(returns, 50)),
    p99Seconds: seconds(percentile(returns, 99)),
    lastSeconds: seconds(Math.max(...returns)),
    returns: evenness(returns),
    attempts: evenness(attempts),
  };
  console.log(JSON.stringify(report, null, 2));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  for (const link of links) link.tell("stop");
} finally {
  await world.stop();
  await shared.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit();

function open(url: string, handlers: SocketHandlers): Socket {
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/socket`, { perMessageDeflate: false });
  socket.on("open", () => handlers.opened());
  socket.on("message", (data) => handlers.text(String(data)));
  socket.on("error", () => {});
  socket.on("close", (code, reason) => handlers.closed(code, String(reason)));
  return { send: (text) => socket.send(text), close: () => socket.close() };
}

async function until(condition: () => boolean): Promise<void> {
  const limit = performance.now() + giveUpMs;
  while (!condition() && performance.now() < limit) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** In each second from the death on, until the last. */
function evenness(times: readonly number[]) {
  const perSecond: number[] = [];
  for (const time of times) {
    const second = Math.floor(time / 1000);
    perSecond[second] = (perSecond[second] ?? 0) + 1;
  }
  const filled = Array.from(perSecond, (count) => count ?? 0);
  const mean = times.length / Math.max(1, filled.length);
  return {
    perSecond: filled,
    mean: Math.round(mean),
    peak: Math.max(0, ...filled),
    peakToMean: Number((Math.max(0, ...filled) / mean).toFixed(2)),
  };
}

function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(2));
}
