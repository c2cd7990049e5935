import { ProblemError } from "../../../shared/problem-error.ts";
import type { Bundle } from "../static/bundles.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { defineRoute, everyone, type Route } from "./route.ts";

const script = "text/javascript";

type Headers = Readonly<Record<string, string>>;

/** Host pages import these as modules, which are fetched with CORS. */
const crossOrigin = { "Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*" };

export function assetRoutes({ bundles }: Pick<RouteDependencies, "bundles">): Route[] {
  /** Files named by their content: what has been fetched once never changes. */
  const hashedFiles = (path: string, bundle: Bundle, summary: string, headers: Headers = {}) =>
    defineRoute({
      method: "GET",
      path,
      callers: everyone,
      summary,
      answers: { 200: script },
      handle({ http, param }) {
        const file = bundle.files.get(param("file"));
        if (!file) throw new ProblemError("not_found");
        return file.respond(http.req.raw, {
          ...headers,
          "Cache-Control": "public, max-age=31536000, immutable",
        });
      },
    });

  return [
    defineRoute({
      method: "GET",
      path: "/messenger.js",
      callers: everyone,
      summary: "The loader that host pages embed. Evergreen.",
      answers: { 200: script },
      handle: ({ http }) =>
        bundles.loader.respond(http.req.raw, {
          "Cache-Control": "public, max-age=300, stale-while-revalidate=86400",
          ...crossOrigin,
        }),
    }),
    hashedFiles("/assets/:file", bundles.messenger, "Files of the loader and of the frame.", crossOrigin),
    hashedFiles("/console/assets/:file", bundles.console, "Files of the agent desk."),
  ];
}
