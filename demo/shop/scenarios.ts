/** The pages under `/try`: one way of telling the messenger who is here, or one kind of host page, each. */

import { deployments } from "../demo-config.ts";
import type { SigningAlgorithm } from "./back-end/signing-key.ts";

export interface Scenario {
  readonly slug: string;
  readonly title: string;
  /** For the card that leads here. */
  readonly teaser: string;
  /** What happens on the page, and what to look at. */
  readonly explanation: string;
  readonly deploymentId: (typeof deployments)[keyof typeof deployments];
  readonly alg: SigningAlgorithm;
  /** How the page hands the identity over: in one of the snippet's placeholders, or when asked. */
  readonly handover: "contactJwt" | "platformJwt" | "getToken" | "getAuthCode" | "signInButton";
  readonly page: "plain" | "navigation" | "strict" | "hostile";
  /** Files of the back end that this page's identity comes from, shown as they run. */
  readonly backEnd: readonly ("contact-jwt.ts" | "platform-jwt.ts" | "oidc-code.ts")[];
}

const signedIn = {
  deploymentId: deployments.customers,
  alg: "RS256",
  handover: "contactJwt",
  page: "plain",
  backEnd: ["contact-jwt.ts"],
} as const;

export const scenarios: readonly Scenario[] = [
  {
    ...signedIn,
    slug: "contact-jwt",
    title: "Contact JWT, RS256",
    teaser: "The shop signs with its private key; the companion knows the public one.",
    explanation:
      "The shop's back end signs a token that says who the customer is and writes it into the snippet. The companion verifies it with the public key alone.",
  },
  {
    ...signedIn,
    slug: "shared-token",
    title: "Contact JWT, shared token",
    teaser: "HS256, with one secret that shop and companion share.",
    explanation:
      "The same token, signed with a secret that both sides know. Simple to set up; whoever holds the secret can speak for every customer, so it never leaves the back end.",
    alg: "HS256",
  },
  {
    ...signedIn,
    slug: "platform-jwt",
    title: "Platform JWT",
    teaser: "The back end exchanges the Contact JWT; the page never sees the customer's details.",
    explanation:
      "The back end trades the Contact JWT for a platform JWT, which lives a quarter of an hour at most and carries no attributes. Only that stands in the page.",
    handover: "platformJwt",
    backEnd: ["contact-jwt.ts", "platform-jwt.ts"],
  },
  {
    ...signedIn,
    slug: "get-token",
    title: "AuthProvider with getToken",
    teaser: "No token in the page: the messenger asks for one when it needs it.",
    explanation:
      "Both placeholders stay empty. The page registers a provider, and the messenger asks it for a token at the start and again when one expires or is refused.",
    handover: "getToken",
  },
  {
    ...signedIn,
    slug: "visitors",
    title: "Visitors and customers",
    teaser: "A community that accepts both. ES256.",
    explanation:
      "This messenger belongs to a community with signedIdentities “accept”: whoever is not signed in writes as a visitor. A token that is refused is an error and never turns its bearer into a visitor.",
    deploymentId: deployments.everyone,
    alg: "ES256",
  },
  {
    ...signedIn,
    slug: "openid-connect",
    title: "OpenID Connect, by the messenger",
    teaser: "“Sign in” opens a pop-up; the page needs no code at all.",
    explanation:
      "Customers of this messenger have an account at Acme ID, an OpenID provider. The page knows nothing of it: the messenger's own button opens a pop-up, and the companion runs the code flow with PKCE. Write something as a visitor first: the conversation can come along.",
    deploymentId: deployments.sso,
    handover: "signInButton",
    backEnd: [],
  },
  {
    ...signedIn,
    slug: "authorization-code",
    title: "OpenID Connect, by the page",
    teaser: "The page brings the authorization code, the companion exchanges it.",
    explanation:
      "The shop sends its customers to Acme ID itself and hands the newest authorization code to the messenger, with what it was asked for with: redirect URI, PKCE verifier and nonce. Later codes are had silently, in a hidden frame.",
    deploymentId: deployments.sso,
    handover: "getAuthCode",
    backEnd: ["oidc-code.ts"],
  },
  {
    ...signedIn,
    slug: "navigation",
    title: "Single-page navigation",
    teaser: "The whole body is replaced, and the conversation stays.",
    explanation:
      "Links on this page are followed without a reload: the next page is fetched and takes the place of the whole body, as Turbo does it. Open the messenger, write something, and walk around.",
    page: "navigation",
  },
  {
    ...signedIn,
    slug: "strict-csp",
    title: "Strict CSP and Trusted Types",
    teaser: "Nonces, strict-dynamic, no inline styles, no HTML sinks.",
    explanation:
      "The page's policy allows scripts by nonce only, styles from the shop only, frames from the companion only, and demands Trusted Types. A violation would be reported below.",
    page: "strict",
  },
  {
    ...signedIn,
    slug: "hostile-css",
    title: "Hostile CSS",
    teaser: "A style sheet that resets everything it can reach, and a banner above all.",
    explanation:
      "This page's style sheet unsets every element outside the shop's own markup with !important and styles buttons and frames in the worst of taste. The launcher and the panel should not care.",
    page: "hostile",
  },
];

export const findScenario = (slug: string): Scenario | null =>
  scenarios.find((scenario) => scenario.slug === slug) ?? null;
