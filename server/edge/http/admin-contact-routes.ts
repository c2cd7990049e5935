import * as v from "valibot";
import { timestamp } from "../../../shared/clock.ts";
import { contact, contactExport, erasurePage } from "./admin-contact-answers.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { administrators, defineRoute, type Route } from "./route.ts";

const query = v.object({ platformKey: v.pipe(v.string(), v.maxLength(2048)) });
const erasuresQuery = v.object({ after: v.optional(v.pipe(v.string(), v.maxLength(64))) });

export function adminContactRoutes({
  contactAdministration,
}: Pick<RouteDependencies, "contactAdministration">): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/v1/admin/contacts",
      callers: administrators,
      summary: "The contact of a platform key.",
      query,
      answers: { 200: contact },
      handle: async ({ http, query: { platformKey } }) =>
        http.json(await contactAdministration.find(platformKey)),
    }),
    defineRoute({
      method: "GET",
      path: "/api/v1/admin/contacts/:id",
      callers: administrators,
      summary: "Export: everything that is kept of a contact, as it asks for it.",
      answers: { 200: contactExport },
      async handle({ http, param }) {
        const pieces = await contactAdministration.export(param("id"));
        const body = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream());
        return http.body(body, 200, { "Content-Type": "application/json" });
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/v1/admin/contacts/:id",
      callers: administrators,
      summary: "Erase a contact with its messages, attachments and sessions. It can't be undone.",
      answers: { 204: null },
      async handle({ http, param }) {
        await contactAdministration.erase(param("id"));
        return http.body(null, 204);
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/v1/admin/erasures",
      callers: administrators,
      summary: "Ids of erased contacts: keep them apart from backups, vouch restore applies them.",
      query: erasuresQuery,
      answers: { 200: erasurePage },
      async handle({ http, query: { after } }) {
        const erasures = await contactAdministration.erasures(after ?? null);
        return http.json({
          erasures: erasures.map(({ contactId, at }) => ({ contactId, at: timestamp(at) })),
        });
      },
    }),
  ];
}
