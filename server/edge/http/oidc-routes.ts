import { ProblemError } from "../../../shared/problem-error.ts";
import type { Community } from "../../config/config.ts";
import { findPlace } from "../../config/directory.ts";
import { platformKey } from "../../identity/identity.ts";
import type { ProviderLogout } from "../../oidc/logout-token.ts";
import { callbackPath } from "../../oidc/oidc.ts";
import type { AuthorizationResponse } from "../../oidc/sign-in-flow.ts";
import { refuseByPolicy } from "../../session/assertion.ts";
import type { EndSelection } from "../../store/store.ts";
import { signInPage, signInScript, signInScriptPath } from "../pages/sign-in-page.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { readForm } from "./read-body.ts";
import { defineRoute, everyone, type HttpContext, type Route } from "./route.ts";
import { scriptRoute } from "./script-route.ts";
import { createSignInCookies } from "./sign-in-cookies.ts";

const html = "text/html";

export function oidcRoutes({
  config,
  place,
  oidc,
  sessions,
  addresses,
  sessionRequests,
  logoutRequests,
}: Pick<
  RouteDependencies,
  "config" | "place" | "oidc" | "sessions" | "addresses" | "sessionRequests" | "logoutRequests"
>): Route[] {
  const cookies = createSignInCookies(place.publicOrigin.startsWith("https:"));

  /** People look at the answer: a refusal is a page as well, and the messenger hears of it. */
  async function forPeople(http: HttpContext, work: () => Promise<Response>): Promise<Response> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      http.set("code", error.code);
      return signInPage({ kind: "failed", problem: error });
    }
  }

  async function endAtProviderRequest(communityId: string, form: URLSearchParams): Promise<void> {
    const token = only(form, "logout_token") ?? "";
    const community = config.communities.get(communityId);
    if (!community?.oidc) return oidc.refuseLogoutToken(token);
    const logout = await oidc.readLogoutToken(token, community);
    await sessions.endSelectedOnce(selectionOf(logout, community, community.oidc.name), {
      communityId: community.id,
      id: `logout:${logout.jti}`,
      expiresAtSeconds: logout.expiresAtSeconds,
    });
  }

  return [
    defineRoute({
      method: "GET",
      path: "/oidc/sign-in/:id",
      callers: everyone,
      summary: "The messenger's sign-in pop-up: leads to the community's OpenID provider.",
      answers: { 302: null },
      handle: ({ http, param }) =>
        forPeople(http, async () => {
          refuseSubresource(http.req.header("sec-fetch-dest"));
          const { deployment, community } = findPlace(config, param("id"));
          refuseByPolicy(community, "signInTicket");
          await sessionRequests.consume(addresses.limitKey(http.env.incoming), deployment.id);
          const { location, flowId, secret } = await oidc.startSignIn(deployment, community);
          const response = new Response(null, {
            status: 302,
            headers: { Location: location, "Cache-Control": "no-store" },
          });
          for (const cookie of cookies.add(http.req.header("cookie"), flowId, secret))
            response.headers.append("Set-Cookie", cookie);
          return response;
        }),
    }),
    defineRoute({
      method: "GET",
      path: callbackPath,
      callers: everyone,
      summary: "Where the OpenID provider sends the pop-up back to: hands a ticket to the messenger.",
      answers: { 200: html },
      handle: ({ http }) =>
        forPeople(http, async () => {
          const response = readResponse(new URL(http.req.url).searchParams);
          const header = http.req.header("cookie");
          const signIn = oidc.recogniseSignIn(response.state, (flowId) => cookies.read(header, flowId));
          const page = await forPeople(http, async () => {
            const { community } = findPlace(config, signIn.deploymentId);
            const ticket = await oidc.finishSignIn(signIn, response, community);
            return signInPage({ kind: "signedIn", ticket });
          });
          // Whatever it came to: the same answer is taken once.
          page.headers.append("Set-Cookie", cookies.remove(signIn.flowId));
          return page;
        }),
    }),
    scriptRoute(signInScriptPath, signInScript, "The script of the pop-up's last page."),
    defineRoute({
      method: "POST",
      path: "/api/v1/oidc/backchannel-logout/:communityId",
      callers: everyone,
      summary: "OpenID Connect Back-Channel Logout: the provider ends the customer's sessions.",
      answers: { 200: null },
      async handle({ http, param }) {
        const waitMs = logoutRequests.take(addresses.limitKey(http.env.incoming));
        if (waitMs > 0)
          throw new ProblemError("rate_limited", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
        try {
          await endAtProviderRequest(param("communityId"), await readForm(http, config.limits));
        } catch (error) {
          // Section 2.8: 400 for whatever is wrong with the request. What a wait may mend stays as it is.
          if (!(error instanceof ProblemError) || error.kind.status !== 401) throw error;
          http.set("code", error.code);
          return http.json({ ...error.toDocument(place.publicOrigin), status: 400 }, 400, {
            "Content-Type": "application/problem+json",
            "Cache-Control": "no-store",
          });
        }
        return http.body(null, 200, { "Cache-Control": "no-store" });
      },
    }),
  ];
}

/**
 * Sixty images of a foreign page would use up the limit of whoever looks at it, who then could not sign in for a minute.
 * Fetch Metadata, section 2.1; browsers leave the header out on plain http, and others do always.
 *
 * @throws ProblemError `forbidden`
 */
function refuseSubresource(destination: string | undefined): void {
  if (destination !== undefined && destination !== "document")
    throw new ProblemError("forbidden", {
      detail: "The sign-in was asked for from inside a page; it begins in a window of its own.",
    });
}

function selectionOf(logout: ProviderLogout, community: Community, authId: string): EndSelection {
  const { id: communityId, maxTokenLifetimeSeconds } = community;
  if (logout.by === "providerSession")
    return {
      by: "providerSession",
      communityId,
      authId,
      providerSession: logout.sid,
      tokensExpireAt: (logout.expiresAtSeconds + maxTokenLifetimeSeconds) * 1000,
    };
  return {
    by: "contact",
    platformKey: platformKey(communityId, authId, logout.sub),
    // Tokens of the logout's own second are refused too: who signs in again so fast is asked once more.
    issuedBeforeSeconds: logout.issuedAtSeconds + 1,
  };
}

/** @throws ProblemError `request_invalid` where a parameter stands there twice (RFC 6749, section 3.1) */
function readResponse(query: URLSearchParams): AuthorizationResponse {
  return {
    state: only(query, "state") ?? "",
    code: only(query, "code"),
    error: only(query, "error"),
    iss: only(query, "iss"),
  };
}

function only(parameters: URLSearchParams, name: string): string | null {
  const [value = null, second] = parameters.getAll(name);
  if (second !== undefined)
    throw new ProblemError("request_invalid", { detail: `The parameter ${name} stands there twice.` });
  return value;
}
