import type { Socket } from "node:net";

/** How the network is; applies to every byte that comes from then on. */
export interface Weather {
  readonly latencyMs: number;
  /** Comes on top, at random between 0 and this. */
  readonly jitterMs: number;
  /** In each direction of each connection; null: as much as there is. */
  readonly bytesPerSecond: number | null;
}

export const fairWeather: Weather = { latencyMs: 0, jitterMs: 0, bytesPerSecond: null };

/** One direction of a connection. */
export interface Pipe {
  stall(): void;
  release(): void;
  /** The weather has changed: what is held back for the former goes on its way. */
  hurry(): void;
}

/** How an end went: as it should, or cut. */
type Ending = "ended" | "cut";

interface Parcel {
  readonly content: Buffer | Ending;
  /** Milliseconds of `performance.now`. */
  readonly dueAt: number;
}

/** Held back in one direction before the source has to wait. */
const mostHeldBytes = 1024 * 1024;

/** Carries what `source` says to `sink`, in its order, as late as the weather has it. */
export function createPipe(
  source: Socket,
  sink: Socket,
  sky: { readonly weather: () => Weather; readonly random: () => number },
): Pipe {
  const held: Parcel[] = [];
  let heldBytes = 0;
  let lastDueAt = 0;
  let state: "flowing" | "stalled" = "flowing";
  let timer: NodeJS.Timeout | null = null;
  let closing = false;

  function take(content: Buffer | Ending): void {
    const { latencyMs, jitterMs, bytesPerSecond } = sky.weather();
    const now = performance.now();
    if (state === "flowing" && held.length === 0 && latencyMs + jitterMs === 0 && bytesPerSecond === null) {
      pass(content);
      return;
    }
    const size = typeof content === "string" ? 0 : content.length;
    const sentMs = bytesPerSecond === null ? 0 : (size / bytesPerSecond) * 1000;
    lastDueAt = Math.max(now + latencyMs + sky.random() * jitterMs, lastDueAt) + sentMs;
    held.push({ content, dueAt: lastDueAt });
    heldBytes += size;
    if (heldBytes > mostHeldBytes) source.pause();
    schedule();
  }

  function pass(content: Buffer | Ending): void {
    if (content === "cut") sink.resetAndDestroy();
    else if (content === "ended") sink.end();
    else if (!sink.destroyed && !sink.write(content)) source.pause();
  }

  function schedule(): void {
    const [next] = held;
    if (next === undefined || state === "stalled" || timer !== null) return;
    timer = setTimeout(run, Math.max(0, next.dueAt - performance.now()));
  }

  function run(): void {
    timer = null;
    const now = performance.now();
    for (let next = held[0]; next !== undefined && next.dueAt <= now && state === "flowing"; next = held[0]) {
      held.shift();
      if (typeof next.content !== "string") heldBytes -= next.content.length;
      pass(next.content);
    }
    if (heldBytes <= mostHeldBytes && !source.destroyed) source.resume();
    schedule();
  }

  function finish(ending: Ending): void {
    if (closing) return;
    closing = true;
    take(ending);
  }

  source.on("data", take);
  source.on("end", () => finish("ended"));
  source.on("error", () => finish("cut"));
  source.on("close", () => finish("cut"));
  sink.on("drain", () => {
    if (heldBytes <= mostHeldBytes) source.resume();
  });

  return {
    stall() {
      state = "stalled";
    },
    release() {
      state = "flowing";
      schedule();
    },
    hurry() {
      const now = performance.now();
      held.splice(0, held.length, ...held.map(({ content }) => ({ content, dueAt: now })));
      lastDueAt = now;
      if (timer !== null) clearTimeout(timer);
      timer = null;
      schedule();
    },
  };
}
