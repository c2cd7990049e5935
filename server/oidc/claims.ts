import type { Limits } from "../../shared/limits.ts";
import type { Community, FieldName } from "../config/config.ts";
import { type Attributes, readAttributes } from "../identity/attributes.ts";
import { quote } from "../identity/header.ts";
import { type JsonObject, ownMember } from "../identity/strict-json.ts";

/** OpenID Connect Core 1.0, section 5.1: the standard claims that are a contact's standard fields. */
const standardClaims: readonly { readonly key: string; readonly field: FieldName }[] = [
  { key: "name", field: "name" },
  { key: "nickname", field: "alias" },
  { key: "email", field: "email" },
  { key: "phone_number", field: "phone" },
];

/** A claim, and the one that says whether the provider has checked it. */
const checkedClaims = [
  ["email", "email_verified"],
  ["phone_number", "phone_number_verified"],
] as const;

/**
 * Attributes as in a Contact JWT, and beside them the standard claims under their own names. The operator's mapping and
 * prefix win.
 *
 * An address that the provider says it has not checked is left out whatever maps it: agents see the contact as verified,
 * and would read what anybody may have typed into a form as vouched for. Providers that say nothing are believed, since
 * most companies' own do not; some write the answer as text.
 */
export function readClaims(
  payload: JsonObject,
  community: Pick<Community, "attributePrefix" | "extraValueMapping">,
  limits: Pick<Limits, "attributes" | "attributeCharacters">,
): Attributes {
  const unchecked = checkedClaims.filter(
    ([claim, checked]) => Object.hasOwn(payload, claim) && !isBelieved(ownMember(payload, checked)),
  );
  const claims = omit(
    payload,
    unchecked.map(([claim]) => claim),
  );
  const { extraValueMapping: mapping, attributePrefix } = community;
  const added = standardClaims.filter(
    ({ key, field }) =>
      !Object.hasOwn(claims, attributePrefix + field) &&
      !mapping.some((mapped) => mapped.key === key || mapped.field === field),
  );
  const read = readAttributes(claims, { attributePrefix, extraValueMapping: [...mapping, ...added] }, limits);
  const warnings = unchecked.map(([claim, checked]) => ({
    code: "attribute_invalid" as const,
    detail: `The claim ${quote(claim)} was left out: the provider says ${checked} ${quote(ownMember(payload, checked))}.`,
  }));
  return { fields: read.fields, warnings: [...read.warnings, ...warnings] };
}

const isBelieved = (checked: unknown): boolean =>
  checked === undefined || checked === true || checked === "true";

const omit = (payload: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(payload).filter(([name]) => !names.includes(name)));
