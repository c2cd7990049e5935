import { createCluster } from "redis";
import { connectionOptions, credentialsOf, type RedisAddress, socketOf, socketOptions } from "./addresses.ts";
import type { Link, LinkEvents } from "./link.ts";

/** Names tried for each server until one is found that it carries: servers hold thousands of the 16,384 slots each. */
const namesForEach = 64;

/**
 * All servers of a cluster as one link: a channel is carried by the server that holds its slot. The first fault of any of
 * them ends the link. Where a slot moves to another server, what is heard of it may have stopped meanwhile, so that is
 * a fault as well.
 */
export async function openCluster(
  addresses: readonly RedisAddress[],
  events: LinkEvents,
  signal: AbortSignal,
): Promise<Link> {
  const [first] = addresses;
  if (!first) throw new Error("There is no address of Redis.");
  const cluster = createCluster({
    rootNodes: addresses.map((address) => ({ socket: socketOf(address) })),
    defaults: {
      ...connectionOptions,
      ...credentialsOf(first),
      socket: first.tls ? { tls: true, ...socketOptions } : socketOptions,
    },
    RESP: 3,
    topologyRefreshOnReconnectionAttemptStrategy: false,
  });
  const heard = (payload: string, channel: string) => events.received(channel, payload);
  const watched = new WeakSet<object>();
  let state: "opening" | "open" | "ended" = "opening";

  function end(reason: unknown): void {
    if (state === "ended") return;
    state = "ended";
    cluster.destroy();
    events.ended(reason);
  }

  // While it opens, a server that does not answer is no matter if another one does.
  const failed = (reason: unknown) => state === "open" && end(reason);
  for (const event of ["error", "node-error", "sharded-channel-moved-error"] as const)
    cluster.on(event, failed);

  /** The package follows a slot that moves, and says nothing. */
  function watchForMoves(): void {
    for (const { pubSub } of cluster.masters) {
      if (!pubSub || watched.has(pubSub.client)) continue;
      watched.add(pubSub.client);
      pubSub.client.on("sharded-channel-moved", () => end(new Error("A slot moved to another server.")));
    }
  }

  signal.addEventListener("abort", () => end(signal.reason), { once: true });
  try {
    await cluster.connect();
  } catch (error) {
    end(error);
    throw error;
  }
  state = "open";

  return {
    publish: (channel, payload) => void cluster.sPublish(channel, payload).catch(end),
    async subscribe(channel) {
      await cluster.sSubscribe(channel, heard);
      watchForMoves();
    },
    unsubscribe: (channel) => void cluster.sUnsubscribe(channel, heard).catch(end),
    run: (script, keys, args) => cluster.eval(script, { keys: [...keys], arguments: [...args] }),
    async throughEveryServer(name) {
      const names = new Map<object, string>();
      const most = cluster.masters.length * namesForEach;
      for (let index = 0; index < most && names.size < cluster.masters.length; index++) {
        const server = await cluster.getNodeClientForKey(name(index));
        if (!names.has(server)) names.set(server, name(index));
      }
      return [...names.values()];
    },
    close: () => end(new Error("closed")),
  };
}
