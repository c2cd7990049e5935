import { ProblemError } from "../../shared/problem-error.ts";
import { describeType } from "./near-misses.ts";
import { type JsonObject, ownMember } from "./strict-json.ts";

/** The parameters of a JOSE header (RFC 7515, section 4) that decide anything here. */
export interface TokenHeader {
  readonly alg: string;
  /** null where the header has none. */
  readonly kid: string | null;
}

/**
 * Kinds of token by their `typ`, each with keys of its own, so that no token of one kind passes as another (RFC 8725,
 * section 3.11).
 */
export type TokenType = "JWT" | "vouch-platform+jwt" | "logout+jwt";

/**
 * Each lets the token say how it is to be read or by which key: key material and addresses of keys (a token never brings
 * its own key), extensions, detached or compressed or nested content.
 */
const refused = ["crit", "b64", "cty", "zip", "jwk", "jku", "x5u", "x5c"] as const;

const kidForm = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,128}$/u;

/** 1 to 128 printable characters. */
export const isKid = (text: string): boolean => kidForm.test(text);

/** @throws ProblemError `header_not_allowed`, `type_not_allowed`, `algorithm_not_allowed`, `token_malformed`, `key_unknown` */
export function readHeader(header: JsonObject, type: TokenType): TokenHeader {
  checkParameters(header);
  checkType(header, type);
  return { alg: readAlgorithm(header), kid: readKid(header) };
}

/** @throws ProblemError `header_not_allowed` */
export function checkParameters(header: JsonObject): void {
  for (const name of refused) {
    if (Object.hasOwn(header, name))
      throw new ProblemError("header_not_allowed", {
        detail: `The token's header has “${name}”; alg, kid and typ are expected.`,
      });
  }
}

/** @throws ProblemError `type_not_allowed` */
export function checkType(header: JsonObject, expected: TokenType): void {
  const typ = ownMember(header, "typ");
  if (typ === undefined && expected === "JWT") return;
  if (typeof typ === "string" && typ.toLowerCase() === expected.toLowerCase()) return;
  throw new ProblemError("type_not_allowed", {
    detail: `The token's typ is ${quote(typ)}; expected ${expected === "JWT" ? "none or " : ""}“${expected}”.${describeType(typ)}`,
  });
}

/** @throws ProblemError `algorithm_not_allowed` */
export function readAlgorithm(header: JsonObject): string {
  const alg = ownMember(header, "alg");
  if (typeof alg !== "string")
    throw new ProblemError("algorithm_not_allowed", { detail: `The token's alg is ${quote(alg)}.` });
  if (alg.toLowerCase() === "none")
    throw new ProblemError("algorithm_not_allowed", {
      detail: "The token's alg is “none”: nobody signed it.",
    });
  return alg;
}

/** @throws ProblemError `token_malformed`, `key_unknown` */
export function readKid(header: JsonObject): string | null {
  const kid = ownMember(header, "kid");
  if (kid === undefined) return null;
  if (typeof kid !== "string")
    throw new ProblemError("token_malformed", { detail: `The token's kid is ${quote(kid)}, not a string.` });
  if (!isKid(kid))
    throw new ProblemError("key_unknown", {
      detail: "The token's kid is not one of 1 to 128 printable characters, as those of all keys are.",
    });
  return kid;
}

/** A value out of a token for a sentence: short, and on one line whatever it holds. */
export function quote(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string")
    return `“${value.slice(0, 64).replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, "\uFFFD")}${value.length > 64 ? "…" : ""}”`;
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "an array" : "an object";
}
