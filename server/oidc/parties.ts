import { ProblemError } from "../../shared/problem-error.ts";
import { quote } from "../identity/header.ts";
import { type JsonObject, ownMember } from "../identity/strict-json.ts";
import type { Provider } from "./provider.ts";

/**
 * Who says it: OpenID Connect Core 1.0, section 3.1.3.7, step 2.
 * @throws ProblemError `issuer_mismatch`
 */
export function checkProvider(payload: JsonObject, { issuer }: Provider): void {
  const iss = ownMember(payload, "iss");
  if (iss !== issuer)
    throw new ProblemError("issuer_mismatch", {
      detail: `The token's iss is ${quote(iss)}; the OpenID provider's is ${quote(issuer)}.`,
    });
}

/**
 * And to whom: step 3. One array with us in it is enough, but then `azp` has to say that it is us whom the token was
 * issued to (`checkAuthorizedParty`).
 *
 * @throws ProblemError `audience_mismatch`
 */
export function checkClient(payload: JsonObject, { clientId }: Provider): void {
  const aud = ownMember(payload, "aud");
  if (aud !== clientId && !(Array.isArray(aud) && aud.includes(clientId)))
    throw new ProblemError("audience_mismatch", {
      detail: `The token's aud is ${quote(aud)}; expected the client id ${quote(clientId)}.`,
    });
}

/**
 * Steps 4 and 5, without their leniency: an ID token that another client obtained is not a sign-in with us, even where
 * the provider names us among its audiences.
 *
 * @throws ProblemError `audience_mismatch`
 */
export function checkAuthorizedParty(payload: JsonObject, { clientId }: Provider): void {
  const aud = ownMember(payload, "aud");
  const azp = ownMember(payload, "azp");
  if (azp === clientId) return;
  if (azp === undefined && !(Array.isArray(aud) && aud.length > 1)) return;
  throw new ProblemError("audience_mismatch", {
    detail: `The ID token's azp is ${quote(azp)}; expected the client id ${quote(clientId)}.`,
  });
}
