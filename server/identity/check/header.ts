import type { ProblemError } from "../../../shared/problem-error.ts";
import { checkParameters, checkType, quote, readAlgorithm, readKid } from "../header.ts";
import { type JsonObject, ownMember } from "../strict-json.ts";
import { explainWrongAlgorithm } from "./algorithm-advice.ts";
import { explainForeign } from "./foreign-token.ts";
import { type Advice, examine, notChecked, type TokenCheckResult, unreadable } from "./report.ts";
import type { Subject } from "./subject.ts";

/** Step 2 of the gate. */
export async function checkHeader(subject: Subject): Promise<TokenCheckResult[]> {
  const { header } = subject.reading;
  const expected = {
    parameters: "alg, kid, typ",
    type: "none, or JWT",
    algorithm: "an algorithm that signs",
    keyId: "1 to 128 printable characters",
  };
  if (!header)
    return (["parameters", "type", "algorithm", "keyId"] as const).map((check) =>
      notChecked(check, expected[check], unreadable),
    );
  const value = (name: string) => quote(ownMember(header, name));
  return [
    await examine(
      { check: "parameters", found: namesOf(header), expected: expected.parameters },
      () => checkParameters(header),
      adviseParameters,
    ),
    await examine(
      { check: "type", found: value("typ"), expected: expected.type },
      () => checkType(header, "JWT"),
      () => adviseType(ownMember(header, "typ")) ?? explainForeign(subject),
    ),
    await examine(
      { check: "algorithm", found: value("alg"), expected: expected.algorithm },
      () => readAlgorithm(header),
      () => explainWrongAlgorithm(subject, ownMember(header, "alg")),
    ),
    await examine({ check: "keyId", found: value("kid"), expected: expected.keyId }, () => readKid(header)),
  ];
}

const namesOf = (header: JsonObject): string =>
  Object.keys(header)
    .slice(0, 16)
    .map((name) => quote(name))
    .join(", ") || "nothing";

function adviseParameters({ message }: ProblemError): Advice | null {
  if (/“(jwk|jku|x5u|x5c)”/.test(message))
    return {
      fix: "Leave it out: a key that the token brings proves nothing. Configure the key, or the JWK set's address.",
    };
  if (/“cty”/.test(message))
    return { fix: "Leave cty out; sign the claims themselves, not a token that holds them." };
  if (/“(b64|crit)”/.test(message)) return { fix: "Sign without extensions: leave crit and b64 out." };
  return null;
}

function adviseType(typ: unknown): Advice | null {
  const name = typeof typ === "string" ? typ.toLowerCase() : "";
  if (name === "vouch-platform+jwt")
    return { fix: "Pass it as platformJwt, with its own deployment; this report is about Contact JWTs." };
  if (name.endsWith("at+jwt"))
    return {
      fix: "Access tokens are for APIs. Sign a Contact JWT, or pass the provider's ID token as idToken.",
    };
  return null;
}
