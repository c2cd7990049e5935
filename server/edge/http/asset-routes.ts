import { ProblemError } from "../../../shared/problem-error.ts";
import { type Bundle, withoutHash } from "../static/bundles.ts";
import type { StaticFile } from "../static/static-file.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { defineRoute, everyone, type Route } from "./route.ts";

const script = "text/javascript";
const forGood = "public, max-age=31536000, immutable";

type Headers = Readonly<Record<string, string>>;

/** Host pages import these as modules, which are fetched with CORS. */
const crossOrigin = { "Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*" };

export function assetRoutes({
  bundles,
  sharedFiles,
}: Pick<RouteDependencies, "bundles" | "sharedFiles">): Route[] {
  /**
   * Files named by their content: what has been fetched once never changes.
   * @param successors what answers to names that are of another build
   */
  const hashedFiles = (
    path: string,
    bundle: Bundle,
    summary: string,
    headers: Headers = {},
    successors?: ReadonlyMap<string, StaticFile>,
  ) =>
    defineRoute({
      method: "GET",
      path,
      callers: everyone,
      summary,
      answers: { 200: script },
      async handle({ http, param }) {
        const name = param("file");
        const file = bundle.files.get(name) ?? (await sharedFiles.find(name));
        if (file) return file.respond(http.req.raw, { ...headers, "Cache-Control": forGood });
        const successor = successors?.get(withoutHash(name));
        if (successor) return successor.respond(http.req.raw, { ...headers, "Cache-Control": "no-cache" });
        throw new ProblemError("not_found");
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
    // A page may have the loader of before an upgrade, in its memory or in the browser's cache: it gets what is there now.
    hashedFiles(
      "/assets/:file",
      bundles.messenger,
      "Files of the loader and of the frame.",
      crossOrigin,
      bundles.ofLoader,
    ),
    hashedFiles("/console/assets/:file", bundles.console, "Files of the agent desk."),
  ];
}
