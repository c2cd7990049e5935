/**
 * The companion's own sign-in: from the pop-up to the provider, back, and on to the frame. Nothing is stored between the
 * steps; what must not be lost travels sealed.
 */

import { hash, timingSafeEqual } from "node:crypto";
import * as v from "valibot";
import type { Clock } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Deployment, OidcSettings } from "../config/config.ts";
import type { Sealer } from "../config/secret.ts";
import { quote } from "../identity/header.ts";
import { type ClientOptions, createClient, loadClient, providerFetch } from "./client.ts";
import type { Provider } from "./provider.ts";
import { checkResponseIssuer } from "./response-issuer.ts";
import { sealedJson } from "./sealed-json.ts";

export const stateSeconds = 600;
const ticketMs = 60_000;
/** Codes and states of some providers are JWTs. */
const maxCharacters = 4096;

/** Whom the browser was sent to: a code of one provider is never shown to another (mix-up). */
const askedProvider = { issuer: v.string(), clientId: v.string() };

const signInState = sealedJson("signInState", {
  ...askedProvider,
  deploymentId: v.string(),
  flowId: v.string(),
  /** Of the cookie: who does not have it did not start this sign-in. */
  secretSha256: v.string(),
  nonce: v.string(),
  codeVerifier: v.string(),
  expiresAt: v.number(),
});

const signInTicket = sealedJson("signInTicket", {
  ...askedProvider,
  deploymentId: v.string(),
  code: v.string(),
  codeVerifier: v.string(),
  nonce: v.string(),
  redirectUri: v.string(),
  expiresAt: v.number(),
});

export interface StartedSignIn {
  /** Where the pop-up goes: the provider's authorization endpoint. */
  readonly location: string;
  /** Names the cookie, so that two pop-ups of one browser don't take each other's. */
  readonly flowId: string;
  /** Value of the cookie that binds the answer to this browser. */
  readonly secret: string;
}

/** What a callback carries, each once at most: RFC 6749, section 4.1.2, and RFC 9207. */
export interface AuthorizationResponse {
  readonly state: string;
  readonly code: string | null;
  readonly error: string | null;
  readonly iss: string | null;
}

export interface TicketContent {
  readonly code: string;
  readonly codeVerifier: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

export interface SignInFlow {
  start(
    place: { readonly deployment: Deployment; readonly settings: OidcSettings },
    provider: Provider,
  ): Promise<StartedSignIn>;
  /**
   * The sign-in that a callback answers.
   * @param secretOf value of the cookie of a sign-in; null where the browser has none
   * @throws ProblemError `request_invalid`: not started here, not by this browser, or too long ago
   */
  recognise(state: string, secretOf: (flowId: string) => string | null): RecognisedSignIn;
  /** @throws ProblemError `issuer_mismatch`, `oidc_exchange_failed` */
  ticketFor(signIn: RecognisedSignIn, response: AuthorizationResponse, provider: Provider): string;
  /** @throws ProblemError `oidc_exchange_failed` where it is not one of this deployment, or too old; `issuer_mismatch` */
  openTicket(ticket: string, deployment: Pick<Deployment, "id">, provider: AskedProvider): TicketContent;
}

type AskedProvider = Pick<Provider, "issuer" | "clientId">;

export interface RecognisedSignIn extends AskedProvider {
  readonly deploymentId: string;
  readonly flowId: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export function createSignInFlow(
  deps: ClientOptions & {
    readonly sealer: Sealer;
    readonly clock: Clock;
    readonly randomBytes: (size: number) => Uint8Array;
    /** `PUBLIC_URL/oidc/callback`, as it is registered with the provider. */
    readonly redirectUri: () => string;
  },
): SignInFlow {
  const { sealer, clock, redirectUri } = deps;
  const random = (bytes: number): string => Buffer.from(deps.randomBytes(bytes)).toString("base64url");

  return {
    async start({ deployment, settings }, provider) {
      const [flowId, secret, nonce, codeVerifier] = [random(9), random(32), random(32), random(32)];
      const { issuer, clientId } = provider;
      const state = signInState.seal(sealer, {
        issuer,
        clientId,
        deploymentId: deployment.id,
        flowId,
        secretSha256: sha256(secret),
        nonce,
        codeVerifier,
        expiresAt: clock.now() + stateSeconds * 1000,
      });
      const client = await loadClient();
      const configuration = await createClient(deps, provider, settings, providerFetch(deps));
      const parameters = {
        redirect_uri: redirectUri(),
        scope: settings.scope,
        state,
        nonce,
        code_challenge: hash("sha256", codeVerifier, "base64url"),
        code_challenge_method: "S256",
      };
      try {
        return { location: client.buildAuthorizationUrl(configuration, parameters).href, flowId, secret };
      } catch (cause) {
        const detail = "The community's OpenID provider names no authorization endpoint that can be used.";
        throw new ProblemError("keyset_unavailable", { detail, cause });
      }
    },

    recognise(state, secretOf) {
      const signIn = state.length <= maxCharacters ? signInState.open(sealer, state) : null;
      if (!signIn) throw foreign("The state of this sign-in was not made here.");
      const secret = secretOf(signIn.flowId);
      // Somebody else's answer, sent to this browser, would sign its user in as somebody else (login CSRF).
      if (secret === null || !equal(sha256(secret), signIn.secretSha256))
        throw foreign("This sign-in was not started by this browser, or has been answered before.");
      if (clock.now() >= signIn.expiresAt)
        throw foreign(`This sign-in took longer than ${stateSeconds / 60} minutes.`);
      return signIn;
    },

    ticketFor(signIn, { code, error, iss }, provider) {
      const { issuer, clientId, deploymentId, nonce, codeVerifier } = signIn;
      refuseOther(signIn, provider);
      checkResponseIssuer(iss, provider, provider.namesItselfInResponses);
      if (error !== null)
        throw new ProblemError("oidc_exchange_failed", {
          detail: `The OpenID provider did not sign the customer in: ${quote(error)}.`,
        });
      if (code === null || code === "" || code.length > maxCharacters)
        throw new ProblemError("oidc_exchange_failed", {
          detail: `The OpenID provider's answer has no code of 1 to ${maxCharacters} characters.`,
        });
      const content = { issuer, clientId, code, codeVerifier, nonce, redirectUri: redirectUri() };
      return signInTicket.seal(sealer, { ...content, deploymentId, expiresAt: clock.now() + ticketMs });
    },

    openTicket(ticket, deployment, provider) {
      const content = signInTicket.open(sealer, ticket);
      if (!content || content.deploymentId !== deployment.id)
        throw new ProblemError("oidc_exchange_failed", {
          detail: "The ticket is not one of a sign-in for this deployment.",
        });
      refuseOther(content, provider);
      if (clock.now() >= content.expiresAt)
        throw new ProblemError("oidc_exchange_failed", {
          detail: `The ticket is older than ${ticketMs / 1000} s; sign in again.`,
        });
      return content;
    },
  };
}

/** @throws ProblemError `issuer_mismatch` */
function refuseOther(asked: AskedProvider, provider: AskedProvider): void {
  if (asked.issuer === provider.issuer && asked.clientId === provider.clientId) return;
  throw new ProblemError("issuer_mismatch", {
    detail: "The community's OpenID provider has changed since this sign-in was begun; sign in again.",
  });
}

const sha256 = (text: string): string => hash("sha256", text);

const equal = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

const foreign = (detail: string): ProblemError => new ProblemError("request_invalid", { detail });
