import { type Context, Hono, type MiddlewareHandler } from "hono";
import { type DescribeRouteOptions, describeRoute, generateSpecs, resolver, validator } from "hono-openapi";
import type { GenericSchema } from "valibot";
import { problem } from "./answers.ts";
import type { Route } from "./route.ts";

/** Clients read what they send and what they get; both are the input side of our schemas, before defaults and numbers. */
const side = { typeMode: "input" };

/**
 * OpenAPI 3.1 of the route table. The application built here is only read by the generator: none of its handlers runs.
 *
 * @param server origin that the paths are relative to
 */
export async function describeRoutes(routes: readonly Route[], server: string): Promise<object> {
  const app = new Hono();
  for (const route of routes)
    app.on([route.method], [route.path], ...describe(route), (http: Context) => http.body(null, 204));
  return generateSpecs(app, {
    excludeStaticFile: false,
    defaultValidationErrorResponse: false,
    documentation: {
      info: {
        title: "Vouch companion server",
        version: "1",
        description: "Web messaging that knows who it is talking to. Problems are RFC 9457.",
      },
      servers: [{ url: server }],
      components: {
        securitySchemes: {
          session: { type: "http", scheme: "bearer", description: "Session token of POST /api/v1/sessions." },
          agent: { type: "http", scheme: "bearer", description: "Token of an agent or administrator." },
        },
        responses: {
          Problem: {
            description: "Why not: a stable code, the cause and the fix.",
            content: { "application/problem+json": { schema: resolver(problem, side) } },
          },
        },
      },
    },
  });
}

function describe(route: Route): MiddlewareHandler[] {
  const options: DescribeRouteOptions = {
    // The generator gives `/console` and `/console/` the same name.
    ...(route.path.length > 1 &&
      route.path.endsWith("/") && { operationId: `get${route.path.slice(1, -1)}Page` }),
    summary: route.summary,
    security: securityOf(route),
    ...(route.takesFile && { requestBody: fileForm }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, answer]) => [status, describeAnswer(status, answer)]),
      ),
      default: { $ref: "#/components/responses/Problem" },
    },
  };
  return [
    describeRoute(options),
    ...(route.query ? [validator("query", route.query, undefined, { options: side })] : []),
    ...(route.body ? [validator("json", route.body, undefined, { options: side })] : []),
  ];
}

const fileForm = {
  required: true,
  content: {
    "multipart/form-data": {
      schema: {
        type: "object" as const,
        required: ["file"],
        properties: { file: { type: "string" as const, format: "binary" } },
      },
    },
  },
};

function describeAnswer(status: string, answer: GenericSchema | string | null) {
  const description = status.startsWith("2") ? "Done." : "Elsewhere.";
  if (answer === null) return { description };
  const content =
    typeof answer === "string"
      ? { [answer]: { schema: { type: "string" as const } } }
      : { "application/json": { schema: resolver(answer, side) } };
  return { description, content };
}

function securityOf({ callers }: Route): Record<string, string[]>[] {
  const schemes = new Set(
    callers.map((role) => {
      if (role === "nobody" || role === "local") return null;
      return role === "agent" || role === "administrator" ? "agent" : "session";
    }),
  );
  return [...schemes].map((scheme) => (scheme === null ? {} : { [scheme]: [] }));
}
