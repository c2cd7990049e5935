import { randomUUID } from "node:crypto";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../observability/log.ts";
import type { HttpContext } from "./route.ts";

/**
 * One line for each request: which route, how it ended, how long it took. Neither path nor query: both may hold secrets.
 *
 * @returns a function that has the request answered, and writes the line
 */
export function requestLog(
  log: Log,
  clock: Clock,
): (http: HttpContext, answer: () => Promise<Response>) => Promise<Response> {
  return async (http, answer) => {
    const startedAt = clock.now();
    const requestId = randomUUID();
    http.set("requestId", requestId);
    http.env.outgoing.setHeader("X-Request-Id", requestId);
    const response = await answer();
    log.info({
      event: "request",
      requestId,
      method: http.req.method,
      route: http.get("route") ?? null,
      status: response.status,
      ms: clock.now() - startedAt,
      code: http.get("code"),
    });
    return response;
  };
}
