import { ProblemError } from "../../../shared/problem-error.ts";
import type { ServerFrame } from "../../../shared/protocol.ts";
import { type CustomerRequest, perform } from "../websocket/customer-frames.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { eventsQuery, framesAnswer, framesBody } from "./event-schemas.ts";
import { defineRoute, type Route, sessionHolders } from "./route.ts";

type Dependencies = Pick<
  RouteDependencies,
  | "conversations"
  | "liveSessions"
  | "messages"
  | "frames"
  | "metrics"
  | "log"
  | "clock"
  | "events"
  | "addresses"
>;

/** The frames of the WebSocket over plain HTTP, for where a WebSocket does not get through. */
export function eventRoutes(deps: Dependencies): Route[] {
  const { liveSessions, frames, events, addresses } = deps;
  return [
    defineRoute({
      method: "GET",
      path: "/api/v1/events",
      callers: sessionHolders,
      summary:
        "What the socket tells, as an event stream; with poll=true until there is something to tell, for networks that hold streams back.",
      query: eventsQuery,
      answers: { 200: "text/event-stream" },
      async handle({ http, principal, query, origin }) {
        const { afterSeq, atMost, poll, known } = query;
        const body = await events.open({
          token: principal.token,
          sessionId: principal.details.session.id,
          origin,
          address: addresses.limitKey(http.env.incoming),
          response: http.env.outgoing,
          ...(afterSeq !== undefined && { afterSeq }),
          ...(atMost !== undefined && { atMost }),
          poll: poll ? { known } : null,
        });
        return http.body(body, 200, {
          "Content-Type": "text/event-stream; charset=utf-8",
          "Cache-Control": "no-store, no-transform",
          // nginx and what understands its header pass each event on at once.
          "X-Accel-Buffering": "no",
        });
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/v1/events",
      callers: sessionHolders,
      summary:
        "Frames that the socket would be sent, in order; answers with the frames that it would answer.",
      body: framesBody,
      answers: { 200: framesAnswer },
      async handle({ http, principal, body }) {
        const { session, contact } = principal.details;
        const answers: ServerFrame[] = [];
        const requests: CustomerRequest[] = [];
        for (const frame of body.frames) {
          const waitMs = frames.take(session.id);
          // Before anything is done: what is refused whole can be sent again whole.
          if (waitMs > 0)
            throw new ProblemError("rate_limited", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
          if (frame.t === "ping") answers.push({ t: "pong" });
          else requests.push(frame);
        }
        if (requests.length > 0) liveSessions.touch(session);
        await Promise.all(
          requests.map((request) =>
            perform(request, { session, contact }, deps, (answer) => answers.push(answer)),
          ),
        );
        return http.json({ frames: answers });
      },
    }),
  ];
}
