import { ProblemError } from "../../../shared/problem-error.ts";
import type { Deployment } from "../../config/config.ts";
import type { TokenQuestion } from "../../store/store.ts";
import { tokenHash } from "../compact.ts";
import { quote, readKid } from "../header.ts";
import { datedUse, platformKey } from "../identity.ts";
import {
  checkDeployment,
  checkPlatformExpiry,
  checkPlatformLifetime,
  findPlatformKey,
  type PlatformClaims,
  platformTokenType,
  platformTokenUse,
  readPlatformClaims,
  requireKid,
} from "../platform-gate.ts";
import { type PlatformKeys, platformTokenSeconds } from "../platform-keys.ts";
import { checkHeader } from "./header.ts";
import { checkKey, explainContactSigner, type KeySource } from "./key.ts";
import {
  type Advice,
  examine,
  fixedAs,
  notChecked,
  type TokenCheckResult,
  unreadable,
  valueOrNull,
} from "./report.ts";
import { checkShape } from "./shape.ts";
import type { Subject } from "./subject.ts";
import { showTime } from "./times.ts";
import { checkPlace, checkUse, type LookUpToken } from "./use.ts";

/** null: the keys are not at hand. */
export type KnownPlatformKeys = Pick<PlatformKeys, "verification"> | null;

const exchange = "Exchange a Contact JWT at POST /authorize again; only this server makes platform JWTs.";

/**
 * The steps of `server/identity/platform-gate.ts`. Where no deployment is named, it is presented to the one that it names:
 * no other takes it.
 */
export async function checkPlatformJwt(
  given: Subject,
  keys: KnownPlatformKeys,
  lookUp: LookUpToken | null,
): Promise<TokenCheckResult[]> {
  const { payload } = given.reading;
  const claims = payload && (await valueOrNull(() => readPlatformClaims(payload)));
  const subject = { ...given, deployment: given.deployment ?? deploymentOf(claims, given) };
  const checks = [
    ...(await checkPlace(subject)),
    ...(await checkShape(subject)),
    ...(await checkHeader(subject, platformTokenType, (header) => requireKid(readKid(header)))),
    ...(await checkKey(subject, keySource(subject, keys))),
    ...(await checkPlatformClaims(subject, claims)),
    ...(await checkUse(questionOf(subject, claims), lookUp)),
  ];
  return fixedAs(checks, {
    key_unknown: exchange,
    key_id_required: exchange,
    algorithm_not_allowed: exchange,
    signature_invalid: exchange,
    token_expired: exchange,
    expiry_too_far: exchange,
    token_revoked: exchange,
    token_replayed: exchange,
  });
}

function deploymentOf(claims: PlatformClaims | null, { community, deployments }: Subject): Deployment | null {
  const named = claims && deployments.get(claims.aud);
  return named?.communityId === community.id ? named : null;
}

function keySource(subject: Subject, keys: KnownPlatformKeys): Parameters<typeof checkKey>[1] {
  const expected = "a key of this installation, as /.well-known/jwks.json lists them";
  if (!keys)
    return {
      expected,
      missing:
        "The keys of platform JWTs are in the server's store: ask the server, by POST /api/v1/admin/tokens/check.",
    };
  const advise = () => explainContactSigner(subject);
  return {
    expected,
    find: ({ alg, kid }) => findPlatformKey({ alg, kid: requireKid(kid) }, keys),
    adviseKey: advise,
    adviseSignature: advise,
  } satisfies KeySource;
}

async function checkPlatformClaims(
  { reading: { payload }, deployment, deployments, community, nowMs }: Subject,
  claims: PlatformClaims | null,
): Promise<TokenCheckResult[]> {
  const expected = {
    claims: "the claims that this release signs",
    expired: `after ${showTime(Math.ceil(nowMs / 1000))}`,
    lifetime: `at most ${platformTokenSeconds} s between iat and exp`,
    audience: deployment ? quote(deployment.id) : `a deployment of the community ${community.id}`,
  };
  const read = payload
    ? await examine(
        { check: "claims", found: `members: ${Object.keys(payload).length}`, expected: expected.claims },
        () => readPlatformClaims(payload),
        () => ({ fix: exchange }),
      )
    : notChecked("claims", expected.claims, unreadable);
  if (!claims)
    return [
      read,
      ...(["expired", "lifetime", "audience"] as const).map((check) =>
        notChecked(check, expected[check], "Without all of the claims there is nothing to compare."),
      ),
    ];
  return [
    read,
    await examine({ check: "expired", found: showTime(claims.exp), expected: expected.expired }, () =>
      checkPlatformExpiry(claims, nowMs),
    ),
    await examine(
      { check: "lifetime", found: `${claims.exp - claims.iat} s`, expected: expected.lifetime },
      () => checkPlatformLifetime(claims),
    ),
    await examine(
      { check: "audience", found: quote(claims.aud), expected: expected.audience },
      () => {
        if (deployment) return checkDeployment(claims, deployment);
        throw new ProblemError("audience_mismatch", {
          detail: `The platform JWT is for the deployment ${quote(claims.aud)}; expected ${expected.audience}.`,
        });
      },
      () => explainAudience(claims, deployments.get(claims.aud)),
    ),
  ];
}

function explainAudience({ aud, community }: PlatformClaims, named: Deployment | undefined): Advice {
  if (!named)
    return {
      cause: "There is no such deployment.",
      fix: "Exchange the Contact JWT for a deployment that there is.",
    };
  if (named.communityId !== community)
    return { cause: `${aud} has moved to the community ${named.communityId} since.`, fix: exchange };
  return {
    cause: `That is one of the community ${community}.`,
    fix: `Pass it to ${aud}, or exchange the Contact JWT at the deployment where it is needed.`,
  };
}

function questionOf(
  { reading: { text, payload }, community }: Subject,
  claims: PlatformClaims | null,
): TokenQuestion | null {
  if (text === null || payload === null || !claims) return null;
  return {
    token: datedUse(platformTokenUse(claims, tokenHash({ text })), community),
    communityId: community.id,
    platformKey: platformKey(claims.community, claims.auth, claims.identity),
  };
}
