import { agentRoutes } from "./agent-routes.ts";
import { assetRoutes } from "./asset-routes.ts";
import { conversationRoutes } from "./conversation-routes.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { deploymentRoutes } from "./deployment-routes.ts";
import { operationRoutes } from "./operation-routes.ts";
import { pageRoutes } from "./page-routes.ts";
import type { Route } from "./route.ts";
import { sessionRoutes } from "./session-routes.ts";

/** The whole table: every address that answers, and who may ask. */
export function createRoutes(deps: RouteDependencies): readonly Route[] {
  const routes: Route[] = [
    ...deploymentRoutes(deps),
    ...sessionRoutes(deps),
    ...conversationRoutes(deps),
    ...agentRoutes(deps),
    ...pageRoutes(deps),
    ...assetRoutes(deps),
    ...operationRoutes(deps, () => routes),
  ];
  return routes;
}
