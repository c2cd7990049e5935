import { adminAuditRoutes } from "./admin-audit-routes.ts";
import { adminBackupRoutes } from "./admin-backup-routes.ts";
import { adminContactRoutes } from "./admin-contact-routes.ts";
import { adminKeyRoutes } from "./admin-key-routes.ts";
import { adminRoutes } from "./admin-routes.ts";
import { agentRoutes } from "./agent-routes.ts";
import { assetRoutes } from "./asset-routes.ts";
import { attachmentRoutes } from "./attachment-routes.ts";
import { conversationRoutes } from "./conversation-routes.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { deploymentRoutes } from "./deployment-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { oidcRoutes } from "./oidc-routes.ts";
import { operationRoutes } from "./operation-routes.ts";
import { ownSessionRoutes } from "./own-session-routes.ts";
import { pageRoutes } from "./page-routes.ts";
import type { Route } from "./route.ts";
import { sessionRoutes } from "./session-routes.ts";
import { tokenCheckRoutes } from "./token-check-routes.ts";

/** The whole table: every address that answers, and who may ask. */
export function createRoutes(deps: RouteDependencies): readonly Route[] {
  const routes: Route[] = [
    ...deploymentRoutes(deps),
    ...sessionRoutes(deps),
    ...ownSessionRoutes(deps),
    ...oidcRoutes(deps),
    ...conversationRoutes(deps),
    ...eventRoutes(deps),
    ...attachmentRoutes(deps),
    ...agentRoutes(deps),
    ...adminRoutes(deps),
    ...adminKeyRoutes(deps),
    ...adminAuditRoutes(deps),
    ...adminContactRoutes(deps),
    ...adminBackupRoutes(deps),
    ...tokenCheckRoutes(deps),
    ...pageRoutes(deps),
    ...assetRoutes(deps),
    ...operationRoutes(deps, () => routes),
  ];
  return routes;
}
