import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { GenericSchema } from "valibot";
import type { Principal, Role } from "../access/principal.ts";

export type HttpEnv = {
  Bindings: HttpBindings;
  Variables: {
    requestId: string;
    /** The pattern of the route, for logs: never the path, which may hold ids. */
    route: string;
    code: string;
  };
};

export type HttpContext = Context<HttpEnv>;

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** What a handler is given: everything checked, everything typed. */
export interface RouteRequest<R extends Role, Body, Query> {
  readonly http: HttpContext;
  readonly principal: Extract<Principal, { role: R }>;
  readonly body: Body;
  readonly query: Query;
  /** Value of the `Origin` header; null where there is none. */
  readonly origin: string | null;
  /** Parameter of the path, decoded. */
  param(name: string): string;
}

export interface RouteDefinition<R extends Role, Body, Query> {
  readonly method: Method;
  readonly path: string;
  /** Who may call it. Enforced before anything else of the request is looked at. */
  readonly callers: readonly R[];
  readonly summary: string;
  /** Schema of the JSON body; absent: the body is not read. */
  readonly body?: GenericSchema<unknown, Body>;
  readonly query?: GenericSchema<unknown, Query>;
  /** The body is a form with one file; the handler reads it. */
  readonly takesFile?: true;
  /** Successful answers by status: the JSON body's schema, a media type, or null for no body. */
  readonly answers: Readonly<Record<number, GenericSchema | string | null>>;
  handle(request: RouteRequest<R, Body, Query>): Response | Promise<Response>;
}

/** A route of the table, whatever its body and query are. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly callers: readonly Role[];
  readonly summary: string;
  readonly body: GenericSchema | null;
  readonly query: GenericSchema | null;
  readonly takesFile: boolean;
  readonly answers: Readonly<Record<number, GenericSchema | string | null>>;
  /** The three `unknown`s have been through `callers`, `body` and `query`. */
  handle(request: {
    readonly http: HttpContext;
    readonly principal: Principal;
    readonly body: unknown;
    readonly query: unknown;
    readonly origin: string | null;
    param(name: string): string;
  }): Response | Promise<Response>;
}

/** Makes a route of its definition. There is no other way to one, so none is without its callers. */
export function defineRoute<R extends Role, Body = undefined, Query = undefined>(
  definition: RouteDefinition<R, Body, Query>,
): Route {
  return {
    method: definition.method,
    path: definition.path,
    callers: definition.callers,
    summary: definition.summary,
    body: definition.body ?? null,
    query: definition.query ?? null,
    takesFile: definition.takesFile ?? false,
    answers: definition.answers,
    // The one place where what `callers`, `body` and `query` have checked becomes what they say it is.
    handle: (request) => definition.handle(request as RouteRequest<R, Body, Query>),
  };
}

export const everyone = ["nobody"] as const satisfies readonly Role[];
export const sessionHolders = ["visitor", "customer"] as const satisfies readonly Role[];
export const agents = ["agent", "administrator"] as const satisfies readonly Role[];
export const administrators = ["administrator"] as const satisfies readonly Role[];
