import * as v from "valibot";
import { busHealths } from "../../delivery/bus.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { withETag } from "./etag.ts";
import { defineRoute, everyone, type Route } from "./route.ts";

const status = v.object({ status: v.literal("ok") });

/** Whether nodes hear of each other. Where they don't, the store is asked more often: slower, and ready all the same. */
const readiness = v.object({ ...status.entries, hints: v.picklist(busHealths) });

type Dependencies = Pick<RouteDependencies, "platformTokens" | "metrics" | "ready" | "place" | "bus">;

/** @param routes the whole table, asked for when it is described */
export function operationRoutes(deps: Dependencies, routes: () => readonly Route[]): Route[] {
  let description: Promise<string> | null = null;

  /** Made on the first request: who never asks need not load what writes it. */
  async function describe(): Promise<string> {
    const { describeRoutes } = await import("./openapi.ts");
    return JSON.stringify(await describeRoutes(routes(), deps.place.publicOrigin));
  }

  return [
    defineRoute({
      method: "GET",
      path: "/.well-known/jwks.json",
      callers: everyone,
      summary: "Public keys of the platform tokens (RFC 7517).",
      answers: { 200: "application/jwk-set+json" },
      handle: async ({ http }) =>
        withETag(http.req.raw, JSON.stringify(await deps.platformTokens.jwks()), {
          "Content-Type": "application/jwk-set+json",
          "Cache-Control": "public, max-age=300",
          "Cross-Origin-Resource-Policy": "cross-origin",
          "Access-Control-Allow-Origin": "*",
        }),
    }),
    defineRoute({
      method: "GET",
      path: "/openapi.json",
      callers: everyone,
      summary: "This description.",
      answers: { 200: "application/json" },
      async handle({ http }) {
        description ??= describe();
        return withETag(http.req.raw, await description, {
          "Content-Type": "application/json",
          "Cache-Control": "public, max-age=300",
        });
      },
    }),
    defineRoute({
      method: "GET",
      path: "/healthz",
      callers: everyone,
      summary: "The process lives.",
      answers: { 200: status },
      handle: ({ http }) => http.json({ status: "ok" }),
    }),
    defineRoute({
      method: "GET",
      path: "/readyz",
      callers: everyone,
      summary: "Requests can be served: the store answers, and no restart is under way.",
      answers: { 200: readiness },
      async handle({ http }) {
        await deps.ready();
        return http.json({ status: "ok", hints: deps.bus.health });
      },
    }),
    defineRoute({
      method: "GET",
      path: "/metrics",
      callers: ["local", "administrator"],
      summary: "Metrics in the Prometheus text format: for this machine, or with the administrator token.",
      answers: { 200: "text/plain" },
      async handle({ http }) {
        const { contentType, body } = await deps.metrics.text();
        return http.body(body, 200, { "Content-Type": contentType });
      },
    }),
  ];
}
