import { lookup as resolve } from "node:dns/promises";
import { once } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { describeFailure } from "./failures.ts";
import {
  type GuardedFetch,
  type GuardedRequest,
  type GuardedResponse,
  OutboundRefused,
} from "./guarded-fetch.ts";
import { checkHead, readBody } from "./read-body.ts";
import { type Lookup, type ResolvedAddress, readTarget, resolveTarget } from "./target.ts";

export interface GuardedFetchOptions {
  /** `VOUCH_ALLOW_LOOPBACK=1`: http, loopback and private addresses too. Link-local ones stay refused. */
  readonly allowLoopback: boolean;
  /** Default: the system's resolver. */
  readonly lookup?: Lookup;
  /** Requests under way at most; default 64. One more is refused at once. */
  readonly maxRequests?: number;
  /** PEM certificates trusted instead of the system's. */
  readonly ca?: readonly string[];
}

/**
 * The host is resolved once and connected to by the addresses that were checked, so that a name which answers differently
 * the second time (DNS rebinding) gains nothing. Every request has a connection of its own: one that is kept open
 * would outlive the check.
 */
export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const { allowLoopback, lookup = systemLookup, maxRequests = 64, ca } = options;
  let underWay = 0;

  async function exchange(url: URL, given: GuardedRequest, signal: AbortSignal): Promise<GuardedResponse> {
    const addresses = await resolveTarget(url, lookup, allowLoopback);
    // The resolver can't be stopped: what it answers too late opens no connection.
    signal.throwIfAborted();
    const request = send(url, given, addresses, signal, ca);
    try {
      const [answer]: [IncomingMessage] = (await once(request, "response", { signal })) as [IncomingMessage];
      checkHead(url.hostname, answer, given.maxBytes);
      const body = await readBody(url.hostname, answer, given.maxBytes);
      return { status: answer.statusCode ?? 0, headers: readHeaders(answer), body };
    } finally {
      request.destroy();
    }
  }

  return async (address, given) => {
    const url = readTarget(address, allowLoopback);
    if (underWay >= maxRequests)
      throw new OutboundRefused(`${maxRequests} requests are under way already; try again later.`);
    const ended = AbortSignal.any([
      AbortSignal.timeout(given.timeoutMs),
      ...(given.signal ? [given.signal] : []),
    ]);
    underWay++;
    const work = exchange(url, given, ended).finally(() => underWay--);
    try {
      return await Promise.race([work, rejectedBy(ended)]);
    } catch (error) {
      // An ended request also fails by its torn connection, sometimes first.
      throw describeFailure(url.hostname, ended.aborted ? ended.reason : error, given.timeoutMs);
    }
  };
}

const systemLookup: Lookup = (hostname) => resolve(hostname, { all: true });

function send(
  url: URL,
  { method = "GET", headers, body }: GuardedRequest,
  addresses: readonly ResolvedAddress[],
  signal: AbortSignal,
  ca: readonly string[] | undefined,
): ClientRequest {
  const settings = {
    method,
    headers: { ...headers, "accept-encoding": "identity" },
    agent: false,
    lookup: answerWith(addresses),
    signal,
  };
  // Given as a URL, the name stays in Host and in the TLS server name, and is what the certificate is checked for.
  const request =
    url.protocol === "https:"
      ? httpsRequest(url, { ...settings, ...(ca && { ca: [...ca] }) })
      : httpRequest(url, settings);
  // Without a listener, an error after the answer was read would end the process.
  request.on("error", () => {});
  // Without this one, the connection would be dropped with nobody told.
  request.on("upgrade", (_, socket) => {
    socket.destroy();
    request.emit(
      "error",
      new OutboundRefused(`${url.hostname} switches protocols unasked; serve plain HTTP.`),
    );
  });
  return request.end(body);
}

/** Stands in for the resolver when the connection is opened: the answer is the one that was checked. */
const answerWith =
  (addresses: readonly ResolvedAddress[]): LookupFunction =>
  (hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
    else callback(new Error(`No address of ${hostname} was checked.`), "", 0);
  };

async function rejectedBy(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, "abort");
  throw signal.reason;
}

const readHeaders = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
