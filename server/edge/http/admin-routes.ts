import type { GenericSchema } from "valibot";
import type { ManagedObjects } from "../../admin/administration.ts";
import * as answers from "./admin-answers.ts";
import { communityBody, communityPatch, deploymentBody, deploymentPatch } from "./admin-schemas.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { administrators, defineRoute, type Route } from "./route.ts";

type Settings = Readonly<Record<string, unknown>>;

export function adminRoutes({ administration }: Pick<RouteDependencies, "administration">): Route[] {
  return [
    ...objectRoutes("communities", administration.communities, {
      body: communityBody,
      patch: communityPatch,
      one: answers.community,
      all: answers.communities,
    }),
    ...objectRoutes("deployments", administration.deployments, {
      body: deploymentBody,
      patch: deploymentPatch,
      one: answers.deployment,
      all: answers.deployments,
    }),
  ];
}

/** The five routes of a collection. */
function objectRoutes<View>(
  name: "communities" | "deployments",
  objects: ManagedObjects<View>,
  schemas: {
    readonly body: GenericSchema<unknown, Settings & { id: string }>;
    readonly patch: GenericSchema<unknown, Settings>;
    readonly one: GenericSchema;
    readonly all: GenericSchema;
  },
): Route[] {
  const path = `/api/v1/admin/${name}`;
  const one = name === "communities" ? "community" : "deployment";
  return [
    defineRoute({
      method: "GET",
      path,
      callers: administrators,
      summary: `All ${name}: of the configuration file and of this API. What is left out says why.`,
      answers: { 200: schemas.all },
      handle({ http }) {
        const { items, leftOut } = objects.list();
        return http.json({ [name]: items, leftOut });
      },
    }),
    defineRoute({
      method: "POST",
      path,
      callers: administrators,
      summary: `Make a ${one}; it counts at once. Members as in the configuration file.`,
      body: schemas.body,
      answers: { 201: schemas.one },
      handle: async ({ http, body }) => http.json(await objects.create(body), 201),
    }),
    defineRoute({
      method: "GET",
      path: `${path}/:id`,
      callers: administrators,
      summary: `One ${one}.`,
      answers: { 200: schemas.one },
      handle: ({ http, param }) => http.json(objects.get(param("id"))),
    }),
    defineRoute({
      method: "PATCH",
      path: `${path}/:id`,
      callers: administrators,
      summary: `Set members of a ${one}, each as a whole; null takes one back to its default.`,
      body: schemas.patch,
      answers: { 200: schemas.one },
      handle: async ({ http, param, body }) => http.json(await objects.change(param("id"), body)),
    }),
    defineRoute({
      method: "DELETE",
      path: `${path}/:id`,
      callers: administrators,
      summary: `Remove a ${one}: its sessions end within a second, its conversations stay.`,
      answers: { 204: null },
      async handle({ http, param }) {
        await objects.remove(param("id"));
        return http.body(null, 204);
      },
    }),
  ];
}
