import { quote } from "../header.ts";
import { ownMember } from "../strict-json.ts";
import { isIssuer } from "./recognise.ts";
import type { Advice } from "./report.ts";
import type { Subject } from "./subject.ts";

const names = {
  contactJwt: "a Contact JWT",
  platformJwt: "a platform JWT",
  idToken: "an ID token",
  accessToken: "an access token",
} as const;

/** A token of another kind than it was judged as, or of somebody else's provider: what it is, and where it belongs. */
export function explainForeign(subject: Subject): Advice | null {
  const { kind, judgedAs, community } = subject;
  if (kind === judgedAs) return kind === "idToken" ? explainOtherProvider(subject) : null;
  switch (kind) {
    case "contactJwt":
      return {
        cause: `It looks like a Contact JWT, and the community ${community.id} takes ID tokens of its OpenID provider only.`,
        fix: "Pass the provider's ID token as idToken, or configure under keys what the Contact JWT is signed with.",
      };
    case "idToken":
      return {
        cause: `It looks like an ID token${issuerOf(subject)}, not like a Contact JWT of yours.`,
        fix:
          explainOwner(subject)?.fix ??
          "Sign a Contact JWT on your server, or configure the provider under oidc and pass its ID token.",
      };
    case "accessToken":
      return {
        cause: `It looks like an access token${issuerOf(subject)}, not like ${names[judgedAs]}.`,
        fix: `Access tokens are for APIs. ${
          judgedAs === "idToken"
            ? "Pass the ID token that the provider gave with it as idToken, or the code as authCode."
            : "Sign a Contact JWT on your server, or configure the provider under oidc and pass its ID token."
        }`,
      };
    case "logoutToken":
      return {
        cause: "It is a logout token, by which a provider tells of a logout; nobody signs in with one.",
        fix: `Providers post it to /api/v1/oidc/backchannel-logout/${community.id}; pass an identity's token here.`,
      };
    case "sessionToken":
      return {
        cause: "It has the form of a session's token, which a session was given when it was opened.",
        fix: "Session tokens go into the header Authorization, behind “Bearer”; check the token that the session was opened with.",
      };
    default:
      return null;
  }
}

function issuerOf({ reading: { payload } }: Subject): string {
  const iss = payload && ownMember(payload, "iss");
  return typeof iss === "string" ? ` of ${quote(iss)}` : "";
}

function explainOtherProvider(subject: Subject): Advice | null {
  const { reading, community } = subject;
  const iss = reading.payload && ownMember(reading.payload, "iss");
  if (typeof iss !== "string" || isIssuer(iss, community.oidc)) return null;
  return (
    explainOwner(subject) ?? {
      cause: `It is an ID token of ${quote(iss)}, which is not the community's OpenID provider.`,
      fix: "Sign in at the provider that is configured under oidc, or configure the other one.",
    }
  );
}

function explainOwner({ reading: { payload }, communities }: Subject): Required<Advice> | null {
  const owner = [...communities.values()].find(({ oidc }) =>
    isIssuer(payload && ownMember(payload, "iss"), oidc),
  );
  return owner
    ? {
        cause: `It is an ID token of the OpenID provider of the community ${owner.id}.`,
        fix: `Pass it as idToken to a deployment of ${owner.id}.`,
      }
    : null;
}
