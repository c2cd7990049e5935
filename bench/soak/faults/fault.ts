import type { World } from "../world/world.ts";

/** Something that goes wrong, again and again during a round; each strike mends what it broke. */
export interface Fault {
  readonly name: string;
  /** Milliseconds between two strikes: least and most. */
  readonly pauseMs: readonly [number, number];
  readonly needs: Needs;
  /** Breaks something and, in the end, mends it. Settles also where its victim has gone meanwhile. */
  strike(scene: Scene): Promise<void>;
}

/** What a world must have for a fault; absent: nothing. */
export interface Needs {
  /** Proxies on all lines. */
  readonly proxies?: true;
  /** Clocks that can be set. */
  readonly clocks?: true;
  /** A file system that can be made full. */
  readonly smallDisk?: true;
  /** Processes can be kept from writing. */
  readonly fileSizeLimit?: true;
  /** Clients send every frame twice. */
  readonly doubledFrames?: true;
  /** One node, with the embedded store. */
  readonly embedded?: true;
  /** A database of its own, or any. */
  readonly database?: "own" | "any";
  readonly redis?: "own" | "any";
}

/** Where and how a strike happens. */
export interface Scene {
  readonly world: World;
  /** In [0, 1). */
  readonly random: () => number;
  /** The longest that a process is frozen. */
  readonly freezeMs: number;
  /** A process was killed. */
  killed(): void;
}

/** At random between the two. */
export const between = (random: () => number, least: number, most: number): number =>
  least + random() * (most - least);

export const oneOf = <Item>(random: () => number, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Settles at the limit at the latest: a victim of two faults may not come to what one of them waits for. */
export function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
