import { addedKeys, keys } from "./admin-answers.ts";
import { keyBody } from "./admin-schemas.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { administrators, defineRoute, type Route } from "./route.ts";

const path = "/api/v1/admin/communities/:id/keys";

export function adminKeyRoutes({ administration }: Pick<RouteDependencies, "administration">): Route[] {
  return [
    defineRoute({
      method: "GET",
      path,
      callers: administrators,
      summary: "The keys of a community: when each was last used, how fetching goes. Never a secret.",
      answers: { 200: keys },
      handle: async ({ http, param }) => http.json({ keys: await administration.keys(param("id")) }),
    }),
    defineRoute({
      method: "POST",
      path,
      callers: administrators,
      summary: "Add a key beside the others. A generated shared token is in this answer and never again.",
      body: keyBody,
      answers: { 201: addedKeys },
      async handle({ http, param, body }) {
        const { keys: added, secret } = await administration.addKey(param("id"), body);
        return http.json({ keys: added, ...(secret !== null && { secret }) }, 201);
      },
    }),
    defineRoute({
      method: "DELETE",
      path: `${path}/:keyId`,
      callers: administrators,
      summary: "Remove a key: it verifies no token from now on. Sessions that it opened go on.",
      answers: { 204: null },
      async handle({ http, param }) {
        await administration.removeKey(param("id"), param("keyId"));
        return http.body(null, 204);
      },
    }),
  ];
}
