import { timestamp } from "../../../shared/clock.ts";
import {
  checkNonce,
  type IdTokenOrigin,
  readAuthTime,
  readIssuedAt,
  refuseLogoutToken,
} from "../../oidc/id-token.ts";
import { checkAuthorizedParty, checkClient, checkProvider } from "../../oidc/parties.ts";
import type { Provider } from "../../oidc/provider.ts";
import { quote } from "../header.ts";
import { ownMember } from "../strict-json.ts";
import { readIdentity } from "../subject.ts";
import { readStart } from "../time-claims.ts";
import { explainAudience, explainIdentity, explainIssuer } from "./claim-advice.ts";
import { shorten } from "./claims.ts";
import { explainForeign } from "./foreign-token.ts";
import {
  type Advice,
  type CheckName,
  causeOnly,
  examine,
  notChecked,
  type TokenCheckResult,
  unreadable,
} from "./report.ts";
import type { Subject } from "./subject.ts";
import { showTime } from "./times.ts";

const names = [
  "age",
  "events",
  "issuer",
  "audience",
  "authorizedParty",
  "nonce",
  "authTime",
  "hashes",
  "identity",
] as const satisfies readonly CheckName[];

/** OpenID Connect Core 1.0, section 3.1.3.7, by the steps of the judge of ID tokens. */
export async function checkIdTokenClaims(
  subject: Subject,
  provider: Provider | null,
  origin: Extract<IdTokenOrigin, { kind: "presented" }>,
): Promise<TokenCheckResult[]> {
  const { community, nowMs, reading } = subject;
  const { payload } = reading;
  const { clockSkewSeconds, maxTokenLifetimeSeconds } = community;
  const latest = timestamp(nowMs + clockSkewSeconds * 1000);
  const expected = {
    age: `an iat at most ${maxTokenLifetimeSeconds} s ago`,
    events: "none: a logout token has them",
    issuer: provider ? quote(provider.issuer) : "the provider's issuer",
    audience: `the client id ${quote(community.oidc?.clientId)}`,
    authorizedParty: "the client id; none where it is the only audience",
    nonce: origin.nonce === null ? "none, or the one that the page passes" : "the one that was named",
    authTime: `none, or not after ${latest}`,
    hashes: "those of the access token and the code that it came with",
    identity: "the claim “sub”: a string of 1 to 256 bytes",
  } satisfies Record<(typeof names)[number], string>;
  if (!payload) return names.map((check) => notChecked(check, expected[check], unreadable));
  const value = (claim: string) => ownMember(payload, claim);
  const told = (
    check: (typeof names)[number],
    found: string,
    step: () => unknown,
    advise?: () => Advice | null,
  ) => examine({ check, found, expected: expected[check] }, step, advise);
  const byProvider = (
    check: "issuer" | "audience" | "authorizedParty",
    found: string,
    step: (provider: Provider) => void,
    advise?: (provider: Provider) => Advice | null,
  ) =>
    provider
      ? told(
          check,
          found,
          () => step(provider),
          () => advise?.(provider) ?? null,
        )
      : notChecked(check, expected[check], "The provider's discovery document is missing.");
  const audience = Array.isArray(value("aud"))
    ? (value("aud") as readonly unknown[]).slice(0, 8).map(quote).join(", ") || "no audience"
    : shorten(value("aud"));
  return [
    await told("age", showTime(value("iat")), () =>
      readIssuedAt(readStart(payload, "iat", Number.POSITIVE_INFINITY, nowMs), origin, community, nowMs),
    ),
    await told(
      "events",
      quote(value("events")),
      () => refuseLogoutToken(payload),
      () => explainForeign(subject),
    ),
    await byProvider(
      "issuer",
      quote(value("iss")),
      (known) => checkProvider(payload, known),
      ({ issuer }) => explainForeign(subject) ?? causeOnly(explainIssuer(payload, { issuer })),
    ),
    await byProvider(
      "audience",
      audience,
      (known) => checkClient(payload, known),
      ({ clientId }) =>
        explainForeign(subject) ?? causeOnly(explainAudience(payload, { audience: clientId })),
    ),
    await byProvider("authorizedParty", shorten(value("azp")), (known) =>
      checkAuthorizedParty(payload, known),
    ),
    value("nonce") !== undefined && origin.nonce === null
      ? notChecked(
          "nonce",
          expected.nonce,
          "The token has one. The page has to pass it beside the token; name it as nonce to have it compared.",
        )
      : await told("nonce", shorten(value("nonce")), () => checkNonce(payload, origin)),
    await told("authTime", showTime(value("auth_time")), () =>
      readAuthTime(payload, origin, community, nowMs),
    ),
    notChecked(
      "hashes",
      expected.hashes,
      "A page passes an ID token alone: there is no access token and no code to compare at_hash and c_hash with.",
    ),
    await told(
      "identity",
      shorten(value("sub")),
      () => readIdentity(payload, "sub"),
      () => causeOnly(explainIdentity(payload, "sub")),
    ),
  ];
}
