import type { ProblemError } from "../../../shared/problem-error.ts";
import { checkParameters, checkType, quote, readAlgorithm, readKid, type TokenType } from "../header.ts";
import { describeType } from "../near-misses.ts";
import { type JsonObject, ownMember } from "../strict-json.ts";
import { explainWrongAlgorithm } from "./algorithm-advice.ts";
import { explainForeign } from "./foreign-token.ts";
import { type Advice, examine, notChecked, type TokenCheckResult, unreadable } from "./report.ts";
import type { Subject } from "./subject.ts";

/** Step 2 of the gate. @param readKeyId what the gate of this kind asks of `kid` before it looks for the key */
export async function checkHeader(
  subject: Subject,
  type: TokenType,
  readKeyId: (header: JsonObject) => unknown = readKid,
): Promise<TokenCheckResult[]> {
  const { header } = subject.reading;
  const expected = {
    parameters: "alg, kid, typ",
    type: type === "JWT" ? "none, or JWT" : type,
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
      () => checkType(header, type),
      () => explainType(subject, ownMember(header, "typ")),
    ),
    await examine(
      { check: "algorithm", found: value("alg"), expected: expected.algorithm },
      () => readAlgorithm(header),
      () => explainWrongAlgorithm(subject, ownMember(header, "alg")),
    ),
    await examine({ check: "keyId", found: value("kid"), expected: expected.keyId }, () => readKeyId(header)),
  ];
}

/** The refusal says already what a token of a known type is. */
function explainType(subject: Subject, typ: unknown): Advice | null {
  const advice = explainForeign(subject);
  return advice?.fix !== undefined && describeType(typ) !== "" ? { fix: advice.fix } : advice;
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
