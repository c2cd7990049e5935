import { sessionList } from "./answers.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { defineRoute, type Route } from "./route.ts";
import { endOthersQuery } from "./schemas.ts";

/** A visitor is in one browser only, and has no list. */
const customers = ["customer"] as const;

/** “My sessions”: where a customer is signed in. The session's own end is `DELETE /session`. */
export function ownSessionRoutes({ sessions }: Pick<RouteDependencies, "sessions">): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/v1/sessions",
      callers: customers,
      summary: "The customer's live sessions, newest first, at most 100.",
      answers: { 200: sessionList },
      handle: async ({ http, principal }) =>
        http.json({ sessions: await sessions.list(principal.details.session) }),
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/v1/sessions",
      callers: customers,
      summary: "With others=true: end every session of the customer but the one that asks.",
      query: endOthersQuery,
      answers: { 204: null },
      async handle({ http, principal }) {
        const { id: sessionId, contactId } = principal.details.session;
        await sessions.endSelected({ by: "others", sessionId, contactId });
        return http.body(null, 204);
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/v1/sessions/:id",
      callers: customers,
      summary: "End one session of the customer.",
      answers: { 204: null },
      async handle({ http, principal, param }) {
        await sessions.endOwn(principal.details.session, param("id"));
        return http.body(null, 204);
      },
    }),
  ];
}
