import type { Limits } from "../../shared/limits.ts";
import { codePoints } from "../../shared/message.ts";
import { type Community, type FieldName, standardFields } from "../config/config.ts";
import { quote } from "./header.ts";
import type { SignedField, VerifiedIdentity } from "./identity.ts";
import { isJsonObject, type JsonObject, ownMember } from "./strict-json.ts";

export type Attributes = Pick<VerifiedIdentity, "fields" | "warnings">;

/** Name of a custom field, after `custom.`. */
export const customName = /^[A-Za-z0-9_-]{1,64}$/;

interface Candidate {
  readonly field: FieldName;
  readonly claim: string;
  readonly value: unknown;
}

/**
 * Optional claims that enrich the contact. A claim named prefix + standard field, or prefix + `custom.` + name, is that
 * field. A mapped key is looked up among the claims, then in the object `extra_values`; the operator's mapping wins over
 * the prefix. A bad value is left out and reported: a customer is never turned away for a fax number.
 */
export function readAttributes(
  payload: JsonObject,
  { attributePrefix, extraValueMapping }: Pick<Community, "attributePrefix" | "extraValueMapping">,
  limits: Pick<Limits, "attributes" | "attributeCharacters">,
): Attributes {
  const fields = new Map<string, SignedField>();
  const faults: string[] = [];
  const candidates = [...mapped(payload, extraValueMapping), ...prefixed(payload, attributePrefix, faults)];
  for (const { field, claim, value } of candidates.slice(0, limits.attributes)) {
    const fault = valueFault(value, limits.attributeCharacters);
    if (fault !== null) faults.push(`The attribute ${quote(claim)} ${fault}.`);
    else if (!fields.has(field)) fields.set(field, { value: String(value), claim });
  }
  const excess = candidates.length - limits.attributes;
  if (excess > 0)
    faults.push(`The token has ${excess} attributes more than the ${limits.attributes} that are read.`);
  return {
    fields: Object.fromEntries(fields),
    warnings: faults.map((detail) => ({ code: "attribute_invalid", detail })),
  };
}

function mapped(payload: JsonObject, mapping: Community["extraValueMapping"]): readonly Candidate[] {
  const extra = ownMember(payload, "extra_values");
  return mapping.flatMap(({ key, field }) => {
    if (Object.hasOwn(payload, key)) return { field, claim: key, value: payload[key] };
    if (!isJsonObject(extra) || !Object.hasOwn(extra, key)) return [];
    return { field, claim: `extra_values.${key}`, value: extra[key] };
  });
}

function prefixed(payload: JsonObject, prefix: string, faults: string[]): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const claim of Object.keys(payload)) {
    if (!claim.startsWith(prefix)) continue;
    const field = claim.slice(prefix.length);
    if (isFieldName(field)) candidates.push({ field, claim, value: payload[claim] });
    else if (prefix) faults.push(`The attribute ${quote(claim)} names no field.`);
  }
  return candidates;
}

const standardNames: ReadonlySet<string> = new Set(standardFields);

export const isFieldName = (name: string): name is FieldName =>
  standardNames.has(name) || (name.startsWith("custom.") && customName.test(name.slice("custom.".length)));

function valueFault(value: unknown, maxCharacters: number): string | null {
  if (typeof value !== "string") return `is ${quote(value)}, not a string`;
  if (!value.isWellFormed()) return "has a lone surrogate";
  // A postal address has lines; nothing has a bell, an escape sequence, or a NUL that databases cut at.
  if (/[^\P{Cc}\t\n\r]/u.test(value)) return "has a control character";
  if (value.length > maxCharacters && codePoints(value) > maxCharacters)
    return `has more than ${maxCharacters} characters`;
  return null;
}
