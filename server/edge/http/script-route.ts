import type { StaticFile } from "../static/static-file.ts";
import { defineRoute, everyone, type Route } from "./route.ts";

/** The script of a page of the server's own, under a name that stays when it changes. */
export const scriptRoute = (path: string, file: StaticFile, summary: string): Route =>
  defineRoute({
    method: "GET",
    path,
    callers: everyone,
    summary,
    answers: { 200: "text/javascript" },
    handle: ({ http }) => file.respond(http.req.raw, { "Cache-Control": "public, max-age=300" }),
  });
