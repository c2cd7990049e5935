import { ProblemError } from "../../shared/problem-error.ts";
import { quote } from "../identity/header.ts";
import type { Provider } from "./provider.ts";

/**
 * `iss` of an authorization response (RFC 9207, section 2.4), against mix-up: a code of one provider, shown to another.
 *
 * @param required whether its absence is a refusal. Where we read the response ourselves: if the provider says that it
 *   always names itself. Where a page read it: never, since a community has one provider, and a page that passes no `iss`
 *   can only send that one's code to that one.
 * @throws ProblemError `issuer_mismatch`
 */
export function checkResponseIssuer(iss: string | null, { issuer }: Provider, required: boolean): void {
  if (iss === issuer || (iss === null && !required)) return;
  throw new ProblemError("issuer_mismatch", {
    detail: `The authorization response's iss is ${iss === null ? "missing" : quote(iss)}; the OpenID provider's is ${quote(issuer)}.`,
  });
}
