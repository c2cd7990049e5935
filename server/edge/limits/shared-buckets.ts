import type { SharedScripts } from "../../redis/shared-scripts.ts";
import type { TokenBuckets } from "./token-buckets.ts";

/**
 * Buckets that nodes share. Each node decides at once by its own, so that no message waits for Redis, and settles with
 * the others a few times a second: what was taken here goes into the bucket in Redis, and what is left there is the most
 * that is left here. What nodes granted too much meanwhile, one burst each at most, is owed, and paid back by waiting.
 * Without Redis each node goes by its own.
 */
export interface SharedBuckets extends TokenBuckets {
  /** Called a few times a second. */
  settle(): Promise<void>;
}

/** Keys spread over so many groups, so that no server of a cluster has them all. */
const groups = 16;
/** Of one call: Redis serves nobody else meanwhile. */
const keysAtMost = 200;
/** Takers that wait to be settled; beyond that the node goes by its own buckets. */
const waitingAtMost = 50_000;

/** Tokens taken from each bucket; answers what is left of each, which may be less than nothing. */
const takeAll = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local perMs, burst = tonumber(ARGV[1]) / 1000, tonumber(ARGV[2])
local left = {}
for i, key in ipairs(KEYS) do
  local known = redis.call('HMGET', key, 'tokens', 'at')
  local tokens = burst
  if known[1] then
    tokens = math.min(burst, tonumber(known[1]) + math.max(0, now - tonumber(known[2])) * perMs)
  end
  tokens = math.max(-burst, tokens - tonumber(ARGV[i + 2]))
  redis.call('HSET', key, 'tokens', tokens, 'at', now)
  redis.call('PEXPIRE', key, math.ceil((burst - tokens) / perMs) + 1000)
  left[i] = tostring(tokens)
end
return left`;

/** @param options.name tells these buckets from others; `perSecond` and `burst` are those of the buckets */
export function shareBuckets(
  own: TokenBuckets,
  { run }: SharedScripts,
  options: { readonly name: string; readonly perSecond: number; readonly burst: number },
): SharedBuckets {
  const { name, perSecond, burst } = options;
  /** Not settled yet. */
  let taken = new Map<string, number>();
  let settling = false;

  async function settleSome(
    group: string,
    keys: readonly string[],
    counts: readonly number[],
  ): Promise<void> {
    const left = await run(takeAll, group, keys, [perSecond, burst, ...counts]);
    if (!Array.isArray(left)) return;
    for (const [index, key] of keys.entries()) own.lower(key, Number(left[index]) - (taken.get(key) ?? 0));
  }

  function* portions(all: ReadonlyMap<string, number>): Generator<[group: string, keys: readonly string[]]> {
    for (const [group, keys] of Map.groupBy(all.keys(), groupOf))
      for (let from = 0; from < keys.length; from += keysAtMost)
        yield [`${name}:${group}`, keys.slice(from, from + keysAtMost)];
  }

  return {
    take(key) {
      const waitMs = own.take(key);
      if (waitMs === 0 && typeof key === "string" && taken.size < waitingAtMost)
        taken.set(key, (taken.get(key) ?? 0) + 1);
      return waitMs;
    },
    lower: own.lower,
    sweep: own.sweep,
    async settle() {
      if (settling || taken.size === 0) return;
      settling = true;
      const all = taken;
      taken = new Map();
      const calls = [...portions(all)].map(([group, keys]) =>
        settleSome(
          group,
          keys,
          keys.map((key) => all.get(key) ?? 0),
        ),
      );
      // What could not be settled is forgotten: here it was counted.
      await Promise.allSettled(calls);
      settling = false;
    },
  };
}

function groupOf(key: string): number {
  let hash = 0;
  for (let index = 0; index < key.length; index++) hash = (hash * 31 + key.charCodeAt(index)) >>> 0;
  return hash % groups;
}
