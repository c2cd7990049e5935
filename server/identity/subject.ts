import { ProblemError } from "../../shared/problem-error.ts";
import { quote } from "./header.ts";
import { type JsonObject, ownMember } from "./strict-json.ts";

const maxBytes = 256;

/**
 * The customer's identity: the text under the configured claim. The claim's name is taken literally, dots and slashes
 * included (`https://acme.example/uid`); it is not a path.
 *
 * Identities are compared byte for byte, so every text that people or databases take for another one's double is
 * refused instead of repaired: a trimmed or normalized identity could be somebody else's.
 *
 * @throws ProblemError `identity_missing`, `identity_invalid`
 */
export function readIdentity(payload: JsonObject, claim: string): string {
  const value = ownMember(payload, claim);
  if (value === undefined)
    throw new ProblemError("identity_missing", { detail: `The token has no claim “${claim}”.` });
  if (typeof value !== "string") throw invalid(claim, `is ${quote(value)}, not a string`);
  const fault = identityFault(value);
  if (fault) throw invalid(claim, fault);
  return value;
}

function identityFault(identity: string): string | null {
  if (identity === "") return "is empty";
  if (!identity.isWellFormed()) return "has a lone surrogate";
  const bytes = Buffer.byteLength(identity);
  if (bytes > maxBytes) return `has ${bytes} bytes; at most ${maxBytes} are allowed`;
  if (/\p{Cc}/u.test(identity)) return "has a control character";
  if (/^\s|\s$/u.test(identity)) return "begins or ends with white space";
  if (identity.normalize("NFC") !== identity) return "is not in Unicode normalization form C";
  return null;
}

const invalid = (claim: string, fault: string): ProblemError =>
  new ProblemError("identity_invalid", { detail: `The token's claim “${claim}” ${fault}.` });
