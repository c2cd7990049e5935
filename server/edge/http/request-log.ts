import { randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../observability/log.ts";
import type { HttpEnv } from "./route.ts";

/** One line for each request: which route, how it ended, how long it took. Neither path nor query: both may hold secrets. */
export function requestLog(log: Log, clock: Clock): MiddlewareHandler<HttpEnv> {
  return async (http, next) => {
    const startedAt = clock.now();
    const requestId = randomUUID();
    http.set("requestId", requestId);
    http.env.outgoing.setHeader("X-Request-Id", requestId);
    await next();
    log.info({
      event: "request",
      requestId,
      method: http.req.method,
      route: http.get("route") ?? null,
      status: http.res.status,
      ms: clock.now() - startedAt,
      code: http.get("code"),
    });
  };
}
