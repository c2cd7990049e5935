import { createClient } from "redis";
import { connectionOptions, credentialsOf, type RedisAddress, socketOf } from "./addresses.ts";
import { openCluster } from "./cluster.ts";
import type { Link, LinkEvents, OpenLink } from "./link.ts";

/** Asks the first server that answers whether it is one of a cluster, and links up with one or all accordingly. */
export const createOpenLink =
  (addresses: readonly RedisAddress[]): OpenLink =>
  async (events, signal) => {
    const faults: unknown[] = [];
    for (const address of addresses) {
      if (signal.aborted) break;
      try {
        return (await isOfCluster(address, signal))
          ? await openCluster(addresses, events, signal)
          : await openSingle(address, events, signal);
      } catch (error) {
        faults.push(error);
      }
    }
    throw faults.at(-1) ?? signal.reason;
  };

async function isOfCluster(address: RedisAddress, signal: AbortSignal): Promise<boolean> {
  const client = connection(address, () => {}, signal);
  try {
    await client.connect();
    return (await client.info("cluster")).includes("cluster_enabled:1");
  } finally {
    client.destroy();
  }
}

function connection(address: RedisAddress, failed: (reason: unknown) => void, signal: AbortSignal) {
  const client = createClient({
    ...connectionOptions,
    ...credentialsOf(address),
    database: address.database,
    socket: socketOf(address),
  });
  client.on("error", failed);
  signal.addEventListener("abort", () => client.destroy(), { once: true });
  return client;
}

/** One connection for what is said and one for what is heard: a flood of the one must not hold up the other. */
async function openSingle(address: RedisAddress, events: LinkEvents, signal: AbortSignal): Promise<Link> {
  let ended = false;
  const speaker = connection(address, end, signal);
  const hearer = connection(address, end, signal);
  const heard = (payload: string, channel: string) => events.received(channel, payload);

  function end(reason: unknown): void {
    if (ended) return;
    ended = true;
    speaker.destroy();
    hearer.destroy();
    events.ended(reason);
  }

  try {
    await Promise.all([speaker.connect(), hearer.connect()]);
  } catch (error) {
    end(error);
    throw error;
  }
  return {
    publish: (channel, payload) => void speaker.sPublish(channel, payload).catch(end),
    subscribe: (channel) => hearer.sSubscribe(channel, heard),
    unsubscribe: (channel) => void hearer.sUnsubscribe(channel, heard).catch(end),
    run: (script, keys, args) => speaker.eval(script, { keys: [...keys], arguments: [...args] }),
    throughEveryServer: async (name) => [name(0)],
    close: () => end(new Error("closed")),
  };
}
