import type { RouteDependencies } from "./dependencies.ts";
import { administrators, defineRoute, type Route } from "./route.ts";

export function adminBackupRoutes({ backups }: Pick<RouteDependencies, "backups">): Route[] {
  return [
    defineRoute({
      method: "POST",
      path: "/api/v1/admin/backup",
      callers: administrators,
      summary: "The embedded database as one file, while the server goes on; vouch backup asks for it.",
      answers: { 200: "application/vnd.sqlite3" },
      handle: async ({ http }) =>
        http.body(await backups.open(), 200, { "Content-Type": "application/vnd.sqlite3" }),
    }),
  ];
}
