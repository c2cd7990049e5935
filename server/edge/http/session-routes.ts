import { ProblemError } from "../../../shared/problem-error.ts";
import type { Deployment } from "../../config/config.ts";
import { findPlace } from "../../config/directory.ts";
import { isOidcMethod } from "../../oidc/oidc.ts";
import type { Principal } from "../access/principal.ts";
import { endedAtProvider, openedSession, platformToken, sessionState } from "./answers.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { describeDevice } from "./device.ts";
import { defineRoute, everyone, type HttpContext, type Route, sessionHolders } from "./route.ts";
import { authorizeBody, endSessionQuery, openSessionBody, renewSessionBody } from "./schemas.ts";

type Dependencies = Pick<
  RouteDependencies,
  "config" | "sessions" | "oidc" | "liveSessions" | "origins" | "addresses" | "sessionRequests" | "metrics"
>;

export function sessionRoutes(deps: Dependencies): Route[] {
  const { config, sessions, oidc, liveSessions, origins, addresses, sessionRequests, metrics } = deps;

  /** Everything that costs a signature check: bounded by address, counted by how it ends. */
  async function admit<T>(
    http: HttpContext,
    origin: string | null,
    deployment: Pick<Deployment, "id">,
    work: () => Promise<T>,
  ): Promise<T> {
    origins.require(origin, deployment.id);
    try {
      await sessionRequests.consume(addresses.limitKey(http.env.incoming), deployment.id);
      return await work();
    } catch (error) {
      if (error instanceof ProblemError) metrics.sessionRefused(error.code);
      throw error;
    }
  }

  /** Asked for after the session's end, which waits for nobody. null for a session that no provider vouched for. */
  async function endSessionUrl(principal: Principal): Promise<string | null> {
    if (principal.role !== "customer") return null;
    const { communityId, method } = principal.details.session;
    const community = config.communities.get(communityId);
    return community && isOidcMethod(method) ? oidc.endSessionUrl(community) : null;
  }

  const authorize = (path: string) =>
    defineRoute({
      method: "POST",
      path,
      callers: everyone,
      summary: "Exchange a Contact JWT for a platform JWT, from a back end.",
      body: authorizeBody,
      answers: { 200: platformToken },
      async handle({ http, body, origin }) {
        if (body.siteId !== config.siteId)
          throw new ProblemError("deployment_unknown", { detail: `This is not the site ${body.siteId}.` });
        const place = findPlace(config, body.messengerId);
        const token = await admit(http, origin, place.deployment, () =>
          sessions.authorize({ ...place, contactJwt: body.contactJwt, preview: body.isPreview ?? false }),
        );
        return http.json(token);
      },
    });

  return [
    authorize("/api/v1/authorize"),
    authorize("/api/v1/securemessage/authorize"),
    authorize("/authorize"),
    authorize("/securemessage/authorize"),
    defineRoute({
      method: "POST",
      path: "/api/v1/sessions",
      callers: everyone,
      summary:
        "Open a session for a customer whose identity a token proves, or for a visitor; with conversationHandover the visitor's conversation becomes the customer's.",
      body: openSessionBody,
      answers: { 201: openedSession },
      async handle({ http, body, origin }) {
        const place = findPlace(config, body.deploymentId);
        const device = describeDevice(http.env.incoming.headers["user-agent"] ?? "");
        const opened = await admit(http, origin, place.deployment, () =>
          sessions.open({
            ...place,
            identity: body.identity,
            device,
            handover: body.conversationHandover,
          }),
        );
        metrics.sessionOpened(body.identity.type);
        return http.json(opened, 201);
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/v1/session",
      callers: sessionHolders,
      summary: "The session of the token presented.",
      answers: { 200: sessionState },
      handle: ({ http, principal }) => http.json(sessions.state(principal.details)),
    }),
    defineRoute({
      method: "POST",
      path: "/api/v1/session/renew",
      callers: sessionHolders,
      summary:
        "Prove the same identity again, or without one let the OpenID provider's refresh token do it: new token, new expiry, same session.",
      body: renewSessionBody,
      answers: { 200: openedSession },
      async handle({ http, body, principal, origin }) {
        const deployment = { id: principal.details.session.deploymentId };
        const renewed = await admit(http, origin, deployment, () =>
          sessions.renew(principal.token, body.identity),
        );
        // The sockets of the session live on with its new times.
        liveSessions.refresh(await sessions.authenticate(renewed.sessionToken));
        return http.json(renewed);
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/v1/session",
      callers: [...sessionHolders, "ended"],
      summary:
        "End the session, and with everywhere=true every session of the customer; with atProvider=true told where to sign out of the OpenID provider.",
      query: endSessionQuery,
      answers: { 204: null, 200: endedAtProvider },
      async handle({ http, principal, query }) {
        await sessions.end(principal.token, { everywhere: query.everywhere });
        if (!query.atProvider) return http.body(null, 204);
        return http.json({ endSessionUrl: await endSessionUrl(principal) });
      },
    }),
  ];
}
