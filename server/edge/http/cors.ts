import type { MiddlewareHandler } from "hono";
import type { OriginGate } from "../access/origin-gate.ts";
import { originRefused } from "../access/origin-gate.ts";
import type { HttpEnv } from "./route.ts";

/**
 * Lets pages of the allowed origins read the answers, refusals included: a 401 without these headers looks like a fault
 * of CORS, and the client would never renew. Cookies play no part, so credentials are never allowed. Whether the origin
 * may use the deployment in question is decided where the deployment is known.
 */
export function cors(origins: OriginGate): MiddlewareHandler<HttpEnv> {
  return async (http, next) => {
    const origin = http.req.header("origin");
    const readable = origin !== undefined && origins.known(origin);
    if (http.req.method === "OPTIONS" && http.req.header("access-control-request-method") !== undefined) {
      if (origin === undefined || !readable) throw originRefused(origin ?? "", "of any deployment");
      return http.body(null, 204, {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "7200",
        Vary: "Origin",
      });
    }
    // Beforehand, as `security-headers.ts` says why: files for every page say so themselves, and are the same for all.
    const headers = http.env.outgoing;
    headers.setHeader("Vary", "Origin");
    if (readable) {
      headers.setHeader("Access-Control-Allow-Origin", origin);
      headers.setHeader("Access-Control-Expose-Headers", "ETag, Retry-After, WWW-Authenticate, X-Request-Id");
    }
    await next();
  };
}
