import { timestamp } from "../../../shared/clock.ts";
import { ProblemError } from "../../../shared/problem-error.ts";
import type { TokenQuestion, TokenState } from "../../store/store.ts";
import { tokenHash } from "../compact.ts";
import { readTokenId } from "../gate.ts";
import { contactJwtSource, datedUse, platformKey } from "../identity.ts";
import { ownMember } from "../strict-json.ts";
import { readIdentity } from "../subject.ts";
import { isWholeNumber, readExpiry } from "../time-claims.ts";
import { examine, notChecked, type TokenCheckResult, unreadable, valueOrNull } from "./report.ts";
import type { Subject } from "./subject.ts";

/** Looks a token up and leaves it as unused as it was. */
export type LookUpToken = (question: TokenQuestion) => Promise<TokenState>;

/** What is decided before the token is looked at. */
export async function checkPlace({ community, deployment }: Subject): Promise<TokenCheckResult[]> {
  const activity = (active: boolean) => (active ? "active" : "switched off");
  return [
    deployment
      ? await examine({ check: "deployment", found: activity(deployment.active), expected: "active" }, () => {
          if (!deployment.active) throw new ProblemError("deployment_inactive");
        })
      : notChecked("deployment", "active", "No deployment was named."),
    await examine({ check: "community", found: activity(community.active), expected: "active" }, () => {
      if (!community.active) throw new ProblemError("community_inactive");
    }),
    await examine(
      { check: "policy", found: community.signedIdentities, expected: "require or accept" },
      () => {
        if (community.signedIdentities === "reject") throw new ProblemError("signed_identity_rejected");
      },
    ),
  ];
}

const expectedRevocation = "neither logged out with, nor issued before a logout everywhere";
const expectedReplay = "a jti that was not used yet";

/**
 * Step 8 of the gate.
 * @param question null: the token has too little of what is looked up by
 * @param lookUp null: there is no store at hand
 */
export async function checkUse(
  question: TokenQuestion | null,
  lookUp: LookUpToken | null,
): Promise<TokenCheckResult[]> {
  const reason = lookUp ? unreadable : "There is no store at hand to ask.";
  if (!question || !lookUp)
    return [
      notChecked("revocation", expectedRevocation, reason),
      notChecked("replay", expectedReplay, reason),
    ];
  const { revoked, used, validAfterSeconds } = await lookUp(question);
  const since =
    validAfterSeconds > 0 ? `; older than ${timestamp(validAfterSeconds * 1000)} none is taken` : "";
  return [
    await examine(
      {
        check: "revocation",
        found: `${revoked ? "revoked" : "not revoked"}${since}`,
        expected: expectedRevocation,
      },
      () => {
        if (revoked) throw new ProblemError("token_revoked");
      },
      () => explainRevocation(question, validAfterSeconds),
    ),
    question.token.singleUseId !== null
      ? await examine(
          { check: "replay", found: used ? "used before" : "not used", expected: expectedReplay },
          () => {
            if (used) throw new ProblemError("token_replayed");
          },
        )
      : notChecked(
          "replay",
          "anything: tokens may be used again",
          "The community does not take tokens once only.",
        ),
  ];
}

/** null where the token has too little of what is looked up by. */
export async function contactQuestion({ reading, community }: Subject): Promise<TokenQuestion | null> {
  const { text, payload } = reading;
  if (text === null || payload === null) return null;
  return valueOrNull(() => {
    const iat = ownMember(payload, "iat");
    const use = {
      hashes: [tokenHash({ text })],
      issuedAtSeconds: isWholeNumber(iat) ? iat : null,
      expiresAtSeconds: readExpiry(payload),
      singleUseId: community.singleUseTokens ? readTokenId(payload) : null,
    };
    const identity = readIdentity(payload, community.identityClaim);
    return {
      token: datedUse(use, community),
      communityId: community.id,
      platformKey: platformKey(community.id, contactJwtSource, identity),
    };
  });
}

function explainRevocation({ token }: TokenQuestion, validAfterSeconds: number) {
  if ((token.issuedAtSeconds ?? 0) >= validAfterSeconds) return null;
  return {
    cause: `At ${timestamp(validAfterSeconds * 1000)} the customer logged out everywhere or was erased, or a backup was restored, and the token is older, or has no iat to tell.`,
    fix: "Use a new token at each sign-in, one with iat.",
  };
}
