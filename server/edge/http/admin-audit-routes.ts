import { timestamp } from "../../../shared/clock.ts";
import { auditPage } from "./admin-answers.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { administrators, defineRoute, type Route } from "./route.ts";
import { auditQuery } from "./schemas.ts";

export function adminAuditRoutes({ auditTrail }: Pick<RouteDependencies, "auditTrail">): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/v1/admin/audit",
      callers: administrators,
      summary: "What was done to the installation, newest first; intact says whether the page's chain holds.",
      query: auditQuery,
      answers: { 200: auditPage },
      async handle({ http, query: { before, limit } }) {
        const { entries, intact } = await auditTrail.page({ limit, ...(before !== undefined && { before }) });
        return http.json({
          entries: entries.map((entry) => ({ ...entry, at: timestamp(entry.at) })),
          intact,
        });
      },
    }),
  ];
}
