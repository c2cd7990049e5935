/** Between clients and nodes. */

import { fairWeather } from "../world/pipe.ts";
import type { Direction, TcpProxy } from "../world/tcp-proxy.ts";
import type { World } from "../world/world.ts";
import { between, type Fault, oneOf, pause } from "./fault.ts";

const directions: readonly Direction[] = ["up", "down", "both"];

/** Of a node at random. */
const line = (world: World, random: () => number): TcpProxy | undefined =>
  oneOf(random, world.posts).lines.clients;

/** All connections of a node end with RST. */
export const reset: Fault = {
  name: "reset",
  pauseMs: [200, 1500],
  needs: { proxies: true },
  async strike({ world, random }) {
    line(world, random)?.reset();
  },
};

/** Nothing passes for a while, then everything does, late: also from clients who are somewhere else by now. */
export const stall: Fault = {
  name: "stall",
  pauseMs: [200, 2000],
  needs: { proxies: true },
  async strike({ world, random }) {
    const stalled = line(world, random);
    stalled?.stall(oneOf(random, directions));
    await pause(between(random, 300, 5000));
    stalled?.release();
  },
};

/** Nothing passes any more, and neither end is told. */
export const halfOpen: Fault = {
  name: "half-open",
  pauseMs: [1500, 4000],
  needs: { proxies: true },
  async strike({ world, random }) {
    line(world, random)?.stall(oneOf(random, directions));
  },
};

/** Far away, and irregularly so. */
export const latency: Fault = {
  name: "latency",
  pauseMs: [100, 500],
  needs: { proxies: true },
  async strike({ world, random }) {
    const slowed = line(world, random);
    slowed?.weather({
      ...fairWeather,
      latencyMs: between(random, 5, 300),
      jitterMs: between(random, 0, 300),
    });
    await pause(between(random, 1000, 5000));
    slowed?.weather(fairWeather);
  },
};

/** A narrow line. */
export const throttle: Fault = {
  name: "throttle",
  pauseMs: [100, 500],
  needs: { proxies: true },
  async strike({ world, random }) {
    const narrowed = line(world, random);
    narrowed?.weather({ ...fairWeather, bytesPerSecond: between(random, 2000, 100_000) });
    await pause(between(random, 1000, 5000));
    narrowed?.weather(fairWeather);
  },
};

/** Clients send every frame twice. No strike: TCP delivers each byte once, so only the clients themselves can. */
export const doubledFrames: Fault = {
  name: "doubled-frames",
  pauseMs: [60_000, 60_000],
  needs: { doubledFrames: true },
  async strike() {},
};
