/** A whole server with one community whose customers come from an OpenID provider. */

import type { Clock } from "../../../shared/clock.ts";
import type { OpenedSession } from "../../../shared/protocol.ts";
import { startTestServer, type TestServer } from "../../edge/testing/test-server.ts";
import { clientId, clientSecret } from "./breaking-provider.ts";

export const community = "sso";
export const deployment = "sso-web";

export interface Companion extends TestServer {
  /** Asks for a session; answers with whatever came. */
  ask(identity: object, deploymentId?: string): Promise<Response>;
  /** @throws Error where it is refused */
  openSession(identity: object): Promise<OpenedSession>;
  /** `code` of the refusal. */
  refusalOf(identity: object, deploymentId?: string): Promise<string>;
}

export async function startCompanion(
  discoveryUri: string,
  options: {
    readonly clock?: Clock;
    readonly community?: object;
    readonly sessionRequestsPerMinute?: number;
  } = {},
): Promise<Companion> {
  const server = await startTestServer({
    ...(options.clock && { clock: options.clock }),
    ...(options.sessionRequestsPerMinute && {
      limits: { sessionRequestsPerMinute: options.sessionRequestsPerMinute },
    }),
    env: { VOUCH_ALLOW_LOOPBACK: "1" },
    communities: [
      {
        id: community,
        oidc: {
          name: "login",
          discoveryUri,
          clientId,
          clientSecret,
          scope: "openid email profile offline_access",
        },
        ...options.community,
      },
    ],
    deployments: [deployment, "sso-app"].map((id) => ({ id, community, name: id, allowedOrigins: [] })),
  });
  const ask = (identity: object, deploymentId = deployment) =>
    server.fetch("/api/v1/sessions", { json: { deploymentId, identity } });
  return {
    ...server,
    ask,
    async openSession(identity) {
      const response = await ask(identity);
      if (response.status !== 201) throw new Error(await response.text());
      return (await response.json()) as OpenedSession;
    },
    async refusalOf(identity, deploymentId) {
      const response = await ask(identity, deploymentId);
      return ((await response.json()) as { code?: string }).code ?? `no refusal: ${response.status}`;
    },
  };
}

/** What the pop-up's last page tells the messenger. */
export function messageOf(page: string): { readonly ticket?: string; readonly error?: string } {
  const [, json] = /id="vouch-sign-in">([^<]*)</.exec(page) ?? [];
  if (json === undefined) throw new Error(`The page has no message: ${page}`);
  const { vouch, ...message } = JSON.parse(json) as { vouch: string; ticket?: string; error?: string };
  if (vouch !== "signIn") throw new Error(`The message is one of ${vouch}.`);
  return message;
}
