import { ProblemError } from "../../../shared/problem-error.ts";
import { closeCodes } from "../../../shared/protocol.ts";
import { createPlaces } from "../limits/places.ts";
import type { Turned } from "../load/shedding.ts";
import { admitCustomer } from "../websocket/customer-socket.ts";
import type { SocketDependencies } from "../websocket/dependencies.ts";
import { createEndOfTurn } from "../websocket/end-of-turn.ts";
import { encodeFrame } from "../websocket/server-frames.ts";
import { EventStream, type Poll, type Response } from "./event-stream.ts";
import { isNews, type Known } from "./news.ts";
import { createPollers } from "./pollers.ts";

export interface EventRequest {
  readonly token: string;
  readonly sessionId: string;
  readonly origin: string | null;
  /** Key of the limits for addresses. */
  readonly address: string;
  readonly response: Response;
  /** As in an `auth` frame. */
  readonly afterSeq?: number;
  readonly atMost?: number;
  /** null: the answer goes on as long as both sides live. */
  readonly poll: { readonly known: Known | null } | null;
}

/** Customers who are served over HTTP, where WebSockets don't get through. The counterpart of the gateway. */
export interface EventStreams {
  /** @returns the body of the answer. Throws ProblemError `session_*`, `origin_not_allowed`, `rate_limited` */
  open(request: EventRequest): Promise<ReadableStream<Uint8Array>>;
  /** Open now, polls included. */
  count(): number;
  /** Called about once a second. */
  checkPulses(): void;
  /** Cuts whoever is still there. */
  close(): void;
}

/** A poll without news: below the idle time of every proxy that we have heard of, the shortest of which is 30 s. */
export const pollMs = 25_000;

export function createEventStreams(deps: SocketDependencies): EventStreams {
  const { limits, frames, departures, shedding, metrics, clock } = deps;
  const endOfTurn = createEndOfTurn();
  const places = createPlaces(limits.socketsPerAddress);
  const streams = new Set<EventStream>();
  const pollers = createPollers({ forMs: 2 * pollMs, clock });
  // The customer has done nothing: what asks again by itself must not keep a session alive.
  const asksAgain = { ...deps, liveSessions: { ...deps.liveSessions, touch: () => {} } };

  function begin({ address, response, poll }: EventRequest): EventStream {
    // Gone while the store was asked: its end will not be told again, and what is held for it would be held for ever.
    if (response.closed) throw new ProblemError("unavailable");
    const place = places.take(address);
    if (place === null)
      throw new ProblemError("rate_limited", { detail: "Too many streams of one address." });
    const stream = new EventStream({ ...deps, endOfTurn }, poll && pollOf(poll.known), response);
    streams.add(stream);
    response.once("close", () => {
      place.leave();
      streams.delete(stream);
      departures.leave(stream);
    });
    return stream;
  }

  /** As the gateway does to newcomers of a full node. */
  function sendBack(stream: EventStream, { pressure, retryInMs }: Turned): void {
    metrics.connectionRefused(pressure);
    stream.send(encodeFrame({ t: "draining", reconnectInMs: retryInMs }));
    stream.close(closeCodes.tryLater, "unavailable");
  }

  return {
    async open(request) {
      const { token, sessionId, origin, afterSeq, atMost, poll } = request;
      const waitMs = frames.take(sessionId);
      if (waitMs > 0) throw new ProblemError("rate_limited", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
      const isBack = poll !== null && poll.known !== null;
      // Before it is counted itself. What a client says of itself lets nobody into a full node: only who was served here is back.
      const turned = isBack && pollers.has(sessionId) ? null : shedding.turns();
      const stream = begin(request);
      if (turned) {
        sendBack(stream, turned);
        return stream.body;
      }
      departures.join(stream);
      if (!stream.open) return stream.body;
      const auth = {
        t: "auth",
        token,
        ...(afterSeq !== undefined && { afterSeq }),
        ...(atMost !== undefined && { atMost }),
        // Who knows this way knows all frames.
        delivered: true,
      } as const;
      try {
        stream.serve(await admitCustomer(stream, auth, origin, isBack ? asksAgain : deps));
        if (poll) pollers.served(sessionId);
      } catch (error) {
        // Refused by a status, which the same response carries.
        stream.finish();
        throw error;
      }
      return stream.body;
    },
    count: () => streams.size,
    checkPulses() {
      for (const stream of streams) stream.checkPulse();
      pollers.sweep();
    },
    close() {
      for (const stream of [...streams]) stream.terminate();
    },
  };
}

const pollOf = (known: Known | null): Poll => ({
  lastsMs: pollMs,
  isNews: (frame) => isNews(frame, known),
});
