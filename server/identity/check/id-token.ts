import type { OidcSettings } from "../../config/config.ts";
import { issuerAddress } from "../../config/oidc-settings.ts";
import { readClaims } from "../../oidc/claims.ts";
import { type IdTokenOrigin, idTokenUse, readIssuedAt } from "../../oidc/id-token.ts";
import type { Provider } from "../../oidc/provider.ts";
import type { Providers } from "../../oidc/providers.ts";
import { checkProviderHeader, findProviderKey } from "../../oidc/signed-token.ts";
import type { TokenQuestion } from "../../store/store.ts";
import { datedUse, platformKey } from "../identity.ts";
import { readIdentity } from "../subject.ts";
import { readExpiry, readStart } from "../time-claims.ts";
import { tellAttributes } from "./claims.ts";
import { explainForeign } from "./foreign-token.ts";
import { checkHeader } from "./header.ts";
import { checkIdTokenClaims } from "./id-token-claims.ts";
import { checkKey, explainContactSigner, explainKeySet } from "./key.ts";
import { examine, fixedAs, notChecked, type TokenCheckResult, unreadable, valueOrNull } from "./report.ts";
import { checkShape } from "./shape.ts";
import type { Subject } from "./subject.ts";
import { checkTimes } from "./times.ts";
import { checkPlace, checkUse, type LookUpToken } from "./use.ts";

const again = "Let the customer sign in at the provider again, and pass the ID token of that sign-in.";
const provided = "Pass the ID token exactly as the community's OpenID provider issued it.";

/** The steps of `server/oidc/id-token.ts`, as for an ID token that a page passes. */
export async function checkIdToken(
  subject: Subject,
  settings: OidcSettings,
  providerOf: Providers["of"],
  lookUp: LookUpToken | null,
): Promise<TokenCheckResult[]> {
  const origin = { kind: "presented", nonce: subject.nonce } as const;
  let provider: Provider | null = null;
  const found = await examine(
    {
      check: "provider",
      found: issuerAddress(settings),
      expected: "an OpenID provider with a discovery document",
    },
    async () => {
      provider = await providerOf(subject.community, settings);
    },
    () => ({ fix: "Compare discoveryUri with the provider's address, and see that this server reaches it." }),
  );
  const checks = [
    ...(await checkPlace(subject)),
    found,
    ...(await checkShape(subject)),
    ...(await checkHeader(subject, "JWT")),
    ...(await checkKey(subject, keySource(subject, provider))),
    ...(await checkTimes(subject)),
    ...(await checkIdTokenClaims(subject, provider, origin)),
    ...(await checkUse(await questionOf(subject, settings, origin), lookUp)),
    tellIdTokenAttributes(subject),
  ];
  return fixedAs(checks, {
    type_not_allowed: "Pass the provider's ID token, whose typ is absent or JWT, as idToken.",
    algorithm_not_allowed:
      "Register the client with a public-key algorithm of the provider, such as RS256; the client secret is no key.",
    key_id_required: "Let the provider put kid into the ID token's header: its key is found by it.",
    key_unknown: provided,
    signature_invalid: provided,
    expiry_missing: provided,
    token_malformed: provided,
    token_expired: again,
    expiry_too_far:
      "Let the provider issue ID tokens of a shorter life, or raise the community's maxTokenLifetimeSeconds.",
    token_not_yet_valid: "Set the provider's clock, or this server's (NTP).",
    issuer_mismatch:
      "Sign in at the provider that is configured under oidc, or configure the one that issues these tokens.",
    audience_mismatch:
      "Sign in with the client id that is configured under oidc, or configure the client that these tokens are for.",
    identity_missing: "Let the provider put the customer's stable id into sub.",
    token_revoked: again,
    token_replayed: again,
    oidc_exchange_failed: again,
  });
}

function keySource(subject: Subject, provider: Provider | null): Parameters<typeof checkKey>[1] {
  const expected = "a key of the provider's JWK set";
  if (!provider) return { expected, missing: "The provider's discovery document is missing." };
  const { jwkSets, community } = subject;
  const advise = async () => (await explainContactSigner(subject)) ?? explainForeign(subject);
  return {
    expected,
    find: (header) =>
      findProviderKey(jwkSets, checkProviderHeader(header, provider.algorithms), provider, community.id),
    adviseKey: async (_, { code }) =>
      code === "keyset_unavailable" ? explainKeySet(jwkSets, [provider.jwksUri]) : advise(),
    adviseSignature: advise,
  };
}

function tellIdTokenAttributes({ reading: { payload }, community, limits }: Subject): TokenCheckResult {
  const expected = `claims that begin with “${community.attributePrefix}”, mapped ones, name, nickname, email and phone_number`;
  if (!payload) return notChecked("attributes", expected, unreadable);
  return tellAttributes(expected, readClaims(payload, community, limits), null);
}

/** null where the token has too little of what is looked up by. */
async function questionOf(
  { reading: { text, payload }, community, nowMs }: Subject,
  settings: OidcSettings,
  origin: IdTokenOrigin,
): Promise<TokenQuestion | null> {
  if (text === null || payload === null) return null;
  return valueOrNull(() => {
    const iat = readStart(payload, "iat", community.clockSkewSeconds, nowMs);
    const times = {
      expiresAtSeconds: readExpiry(payload),
      issuedAtSeconds: readIssuedAt(iat, origin, community, nowMs),
    };
    const sub = readIdentity(payload, "sub");
    return {
      token: datedUse(idTokenUse({ text, payload }, times, origin, { community, settings }), community),
      communityId: community.id,
      platformKey: platformKey(community.id, settings.name, sub),
    };
  });
}
