import { ProblemError } from "../../shared/problem-error.ts";
import type { Community } from "../config/config.ts";
import { quote } from "./header.ts";
import { type JsonObject, ownMember } from "./strict-json.ts";

/**
 * RFC 7519, section 4.1.1. Compared exactly; what is not configured is not checked.
 * @throws ProblemError `issuer_mismatch`
 */
export function checkIssuer(payload: JsonObject, { issuer }: Pick<Community, "issuer">): void {
  const iss = ownMember(payload, "iss");
  if (issuer !== null && iss !== issuer)
    throw new ProblemError("issuer_mismatch", {
      detail: `The token's iss is ${quote(iss)}; expected ${quote(issuer)}.`,
    });
}

/**
 * RFC 7519, section 4.1.3. Compared exactly; what is not configured is not checked.
 * @throws ProblemError `audience_mismatch`
 */
export function checkAudience(payload: JsonObject, { audience }: Pick<Community, "audience">): void {
  const aud = ownMember(payload, "aud");
  if (audience !== null && aud !== audience && !(Array.isArray(aud) && aud.includes(audience)))
    throw new ProblemError("audience_mismatch", {
      detail: `The token's aud is ${quote(aud)}; expected ${quote(audience)}.`,
    });
}
