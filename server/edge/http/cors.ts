import type { OriginGate } from "../access/origin-gate.ts";
import { originRefused } from "../access/origin-gate.ts";
import type { HttpContext } from "./route.ts";

/**
 * Lets pages of the allowed origins read the answers, refusals included: a 401 without these headers looks like a fault
 * of CORS, and the client would never renew. Cookies play no part, so credentials are never allowed. Whether the origin
 * may use the deployment in question is decided where the deployment is known.
 *
 * @returns a function that answers a preflight, null to any other request; throws `origin_not_allowed`
 */
export function cors(origins: OriginGate): (http: HttpContext) => Response | null {
  return ({ env: { incoming, outgoing } }) => {
    const { origin } = incoming.headers;
    const readable = origin !== undefined && origins.known(origin);
    if (incoming.method === "OPTIONS" && incoming.headers["access-control-request-method"] !== undefined) {
      if (origin === undefined || !readable) throw originRefused(origin ?? "", "of any deployment");
      return new Response(null, {
        status: 204,
        headers: {
          "Access-Control-Allow-Origin": origin,
          "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE",
          "Access-Control-Allow-Headers": "Authorization, Content-Type",
          "Access-Control-Max-Age": "7200",
          Vary: "Origin",
        },
      });
    }
    // Beforehand, as `security-headers.ts` says why: files for every page say so themselves, and are the same for all.
    outgoing.setHeader("Vary", "Origin");
    if (readable) {
      outgoing.setHeader("Access-Control-Allow-Origin", origin);
      outgoing.setHeader(
        "Access-Control-Expose-Headers",
        "ETag, Retry-After, WWW-Authenticate, X-Request-Id",
      );
    }
    return null;
  };
}
