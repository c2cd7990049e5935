import { describeDeployment } from "../deployment-info.ts";
import { deploymentInfo } from "./answers.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { withETag } from "./etag.ts";
import { defineRoute, everyone, type Route } from "./route.ts";

export function deploymentRoutes({
  config,
  origins,
}: Pick<RouteDependencies, "config" | "origins">): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/v1/deployments/:id",
      callers: everyone,
      summary: "What a client must know before there is a session. Public.",
      answers: { 200: deploymentInfo },
      handle({ http, param, origin }) {
        const info = describeDeployment(config, param("id"));
        origins.require(origin, info.id);
        return withETag(http.req.raw, JSON.stringify(info), {
          "Content-Type": "application/json",
          "Cache-Control": "public, max-age=60",
        });
      },
    }),
  ];
}
