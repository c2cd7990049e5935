import { type Attributes, readAttributes } from "../attributes.ts";
import { checkAudience, checkIssuer } from "../audience.ts";
import { readTokenId } from "../gate.ts";
import { quote } from "../header.ts";
import { ownMember } from "../strict-json.ts";
import { readIdentity } from "../subject.ts";
import { explainAudience, explainIdentity, explainIssuer, findUnreadAttribute } from "./claim-advice.ts";
import { type Advice, examine, notChecked, type TokenCheckResult, unreadable } from "./report.ts";
import type { Subject } from "./subject.ts";

/** Steps 6 and 7 of the gate, and the id of tokens that are taken once. */
export async function checkClaims(subject: Subject): Promise<TokenCheckResult[]> {
  const { community } = subject;
  const { payload } = subject.reading;
  const { issuer, audience, identityClaim } = community;
  const expected = {
    issuer: issuer === null ? "anything: no issuer is configured" : quote(issuer),
    audience: audience === null ? "anything: no audience is configured" : quote(audience),
    identity: `the claim “${identityClaim}”: a string of 1 to 256 bytes`,
    tokenId: community.singleUseTokens
      ? "a jti of 1 to 256 characters"
      : "anything: tokens may be used again",
  } as const;
  if (!payload)
    return (["issuer", "audience", "identity", "tokenId"] as const).map((check) =>
      notChecked(check, expected[check], unreadable),
    );
  const found = (name: string) => shorten(ownMember(payload, name));
  return [
    await examine(
      { check: "issuer", found: found("iss"), expected: expected.issuer },
      () => checkIssuer(payload, community),
      () => explainIssuer(payload, community),
    ),
    await examine(
      { check: "audience", found: found("aud"), expected: expected.audience },
      () => checkAudience(payload, community),
      () => explainAudience(payload, community),
    ),
    await examine(
      { check: "identity", found: found(identityClaim), expected: expected.identity },
      () => readIdentity(payload, identityClaim),
      () => explainIdentity(payload, identityClaim),
    ),
    community.singleUseTokens
      ? await examine(
          { check: "tokenId", found: found("jti"), expected: expected.tokenId },
          () => readTokenId(payload),
          () => ({ fix: "Put a new random jti into each token: crypto.randomUUID() for instance." }),
        )
      : notChecked("tokenId", expected.tokenId, "The community does not take tokens once only."),
  ];
}

/** Step 9: never a refusal, so what is wrong is a remark. */
export function checkAttributes(subject: Subject): TokenCheckResult {
  const { community, limits } = subject;
  const { payload } = subject.reading;
  const expected = `claims that begin with “${community.attributePrefix}”, and mapped ones`;
  if (!payload) return notChecked("attributes", expected, unreadable);
  const attributes = readAttributes(payload, community, limits);
  return tellAttributes(expected, attributes, findUnreadAttribute(payload, community, attributes.fields));
}

export function tellAttributes(
  expected: string,
  { fields, warnings }: Attributes,
  unread: Required<Advice> | null,
): TokenCheckResult {
  const remark = warnings[0]?.detail ?? unread?.cause ?? null;
  return {
    check: "attributes",
    passed: true,
    found: Object.keys(fields).join(", ") || "none",
    expected,
    code: null,
    cause: warnings.length > 1 ? `${remark} (${warnings.length} remarks of this kind.)` : remark,
    fix:
      unread?.fix ??
      (warnings.length > 0 ? "Attributes are strings; those that are not are left out." : null),
  };
}

/** A claim's value belongs to a customer: a report shows enough of it to recognise, and no more. */
export function shorten(value: unknown): string {
  if (typeof value !== "string" || value.length <= 24) return quote(value);
  return `${quote(value.slice(0, 20)).slice(0, -1)}…” (${value.length} characters)`;
}
