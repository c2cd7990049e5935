import { ProblemError } from "../../../shared/problem-error.ts";
import { type ProblemCode, problems } from "../../../shared/problems.ts";
import type { FrameBootstrap } from "../../../shared/protocol.ts";
import { describeDeployment } from "../deployment-info.ts";
import { appPage } from "../pages/app-page.ts";
import { appPolicy } from "../pages/content-security-policy.ts";
import { escapeHtml, htmlResponse, scriptJson } from "../pages/html.ts";
import { plainPage } from "../pages/plain-page.ts";
import { refusedPage, refusedScript, refusedScriptPath } from "../pages/refused-page.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { defineRoute, everyone, type Route } from "./route.ts";
import { scriptRoute } from "./script-route.ts";

const html = "text/html";

export function pageRoutes({
  config,
  place,
  bundles,
}: Pick<RouteDependencies, "config" | "place" | "bundles">): Route[] {
  const deskPage = appPage({
    title: "Vouch desk",
    root: "console",
    base: "/console/assets/",
    entry: bundles.console.entry,
  });

  function framePage(deploymentId: string, pageOrigin: string): Response {
    const deployment = describeDeployment(config, deploymentId);
    const allowedOrigins = config.deployments.get(deploymentId)?.allowedOrigins ?? [];
    const bootstrap: FrameBootstrap = { deployment, allowedOrigins };
    const page = appPage({
      title: "Messenger",
      root: "messenger",
      base: "/assets/",
      entry: bundles.messenger.entry,
      head: `<script type="application/json" id="vouch-deployment">${scriptJson(bootstrap)}</script>`,
    });
    return htmlResponse(page, appPolicy(place, pageOrigin, allowedOrigins), {
      // Always asked for again: who may frame it may have changed.
      headers: { "Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin" },
    });
  }

  return [
    scriptRoute(refusedScriptPath, refusedScript, "Tells the host page why it does not get the messenger."),
    defineRoute({
      method: "GET",
      path: "/embed/:id",
      callers: everyone,
      summary: "The messenger's frame. Framed by the deployment's allowed origins alone.",
      answers: { 200: html },
      handle({ http, param }) {
        try {
          return framePage(param("id"), new URL(http.req.url).origin);
        } catch (error) {
          if (!(error instanceof ProblemError)) throw error;
          http.set("code", error.code);
          // Where there is no such deployment nobody has said who may embed it, and whoever has its id wrong needs to be told.
          return refusedPage(error, config.deployments.get(param("id"))?.allowedOrigins ?? ["*"]);
        }
      },
    }),
    defineRoute({
      method: "GET",
      path: "/console/",
      callers: everyone,
      summary: "The agent desk.",
      answers: { 200: html },
      handle: ({ http }) =>
        htmlResponse(deskPage, appPolicy(place, new URL(http.req.url).origin, []), {
          headers: {
            "Cache-Control": "no-cache",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Frame-Options": "DENY",
          },
        }),
    }),
    defineRoute({
      method: "GET",
      path: "/console",
      callers: everyone,
      summary: "Leads to the agent desk.",
      answers: { 308: null },
      handle: ({ http }) => http.redirect("/console/", 308),
    }),
    defineRoute({
      method: "GET",
      path: "/problems/:code",
      callers: everyone,
      summary: "What a problem's type points at: cause and fix, for people.",
      answers: { 200: html },
      handle({ param }) {
        const code = param("code");
        if (!isProblemCode(code)) throw new ProblemError("not_found");
        return plainPage(problems[code].title, explanation(code));
      },
    }),
    defineRoute({
      method: "GET",
      path: "/",
      callers: everyone,
      summary: "Says what this server is.",
      answers: { 200: html },
      handle: () =>
        plainPage(
          "Vouch companion server",
          `<p>It serves the messenger of the websites that embed it.</p>
<p><a href="/console/">Agent desk</a> · <a href="/openapi.json">API description</a></p>`,
        ),
    }),
  ];
}

const isProblemCode = (text: string): text is ProblemCode => Object.hasOwn(problems, text);

function explanation(code: ProblemCode): string {
  const { status, fix, ...kind } = problems[code];
  const again = "retryable" in kind ? "Yes, after a wait." : "Not unchanged.";
  return `<dl><dt>Code</dt><dd><code>${code}</code>, HTTP status ${status}</dd>
<dt>What to do</dt><dd>${escapeHtml(fix)}</dd>
<dt>Can the same request succeed later?</dt><dd>${again}</dd></dl>`;
}
