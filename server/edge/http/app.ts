import { Hono } from "hono";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { TrieRouter } from "hono/router/trie-router";
import type { Clock } from "../../../shared/clock.ts";
import type { Limits } from "../../../shared/limits.ts";
import { ProblemError } from "../../../shared/problem-error.ts";
import { logCause } from "../../observability/causes.ts";
import type { Log } from "../../observability/log.ts";
import type { ClientAddresses } from "../access/client-address.ts";
import { type OriginGate, originRefused } from "../access/origin-gate.ts";
import type { Place } from "../access/own-origins.ts";
import type { Identify, Principal } from "../access/principal.ts";
import { socketPaths } from "../socket-paths.ts";
import { cors } from "./cors.ts";
import { methodNotAllowed, problemResponse, upgradeRequired } from "./problem-response.ts";
import { readBody, readQuery } from "./read-body.ts";
import { requestLog } from "./request-log.ts";
import type { HttpContext, HttpEnv, Route } from "./route.ts";
import { securityHeaders } from "./security-headers.ts";

export interface HttpDependencies {
  readonly place: Place;
  readonly origins: OriginGate;
  readonly addresses: ClientAddresses;
  readonly identify: Identify;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The route table as an application, behind Node's HTTP server alone: it reads Node's own request and writes to its response.
 * The router is faster for refusing, when the table is made, a path that a parameter of another one takes in as well.
 */
export function createHttpApp(routes: readonly Route[], deps: HttpDependencies): Hono<HttpEnv> {
  const { place, log } = deps;
  const logged = requestLog(log, deps.clock);
  const secure = securityHeaders(place.publicOrigin.startsWith("https:"));
  const preflight = cors(deps.origins);

  /** What every request goes through, whether there is a route for it or not. */
  const framed = (answer: (http: HttpContext) => Response | Promise<Response>) => (http: HttpContext) =>
    logged(http, async () => {
      try {
        secure(http.env.outgoing);
        return preflight(http) ?? (await answer(http));
      } catch (error) {
        return refusal(error, http);
      }
    });

  function refusal(error: unknown, http: HttpContext): Response {
    if (error instanceof ProblemError) http.set("code", error.code);
    else log.error({ event: "request_failed", requestId: http.get("requestId"), error });
    logCause(deps, error);
    return problemResponse(error, place.publicOrigin);
  }

  const app = new Hono<HttpEnv>({ router: new RegExpRouter() });
  const methods = new TrieRouter<string>();
  for (const route of routes) {
    methods.add("ALL", route.path, route.method);
    app.on(
      route.method,
      route.path,
      framed((http) => serve(route, http, deps)),
    );
  }
  const nowhere = framed((http) => {
    if (socketPaths.has(http.req.path)) return upgradeRequired(place.publicOrigin);
    const allowed = [...new Set(methods.match("ALL", http.req.path)[0].map(([method]) => method))];
    if (allowed.length > 0) return methodNotAllowed(allowed, place.publicOrigin);
    return problemResponse(new ProblemError("not_found"), place.publicOrigin);
  });
  app.notFound(nowhere);
  app.onError(refusal);
  return app;
}

/** Who, from where, what: in this order, so that nobody without the right makes us read a body. */
async function serve(route: Route, http: HttpContext, deps: HttpDependencies): Promise<Response> {
  http.set("route", route.path);
  const { incoming } = http.env;
  const { origin = null } = incoming.headers;
  const principal = await deps.identify(
    {
      // Joined where it comes twice, and then no token: of Node's own headers it would be the first alone.
      authorization: () => http.req.header("authorization"),
      direct: () => deps.addresses.direct(incoming),
    },
    route.callers,
  );
  requireOrigin(principal, origin, deps.origins);
  return route.handle({
    http,
    principal,
    origin,
    query: route.query && readQuery(http, route.query),
    body: route.body && (await readBody(http, route.body, deps.limits)),
    param: (name) => http.req.param(name) ?? "",
  });
}

function requireOrigin(principal: Principal, origin: string | null, origins: OriginGate): void {
  if (origin === null || origins.own(origin)) return;
  switch (principal.role) {
    case "visitor":
    case "customer":
      origins.require(origin, principal.details.session.deploymentId);
      break;
    case "agent":
    case "administrator":
      throw originRefused(origin, "of any desk: agents use the one served here");
    case "ended":
      if (!origins.known(origin)) throw originRefused(origin, "of any deployment");
      break;
    case "nobody":
    case "local":
      // Public documents, or a deployment that the handler knows.
      break;
  }
}
