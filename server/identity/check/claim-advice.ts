/** Claims that are nearly right. */

import { type Community, standardFields } from "../../config/config.ts";
import { type Attributes, isFieldName } from "../attributes.ts";
import { quote } from "../header.ts";
import { isJsonObject, type JsonObject, ownMember } from "../strict-json.ts";
import type { Advice } from "./report.ts";
import { isSimilar, plainForm } from "./similar.ts";

/** Where other systems keep what identifies a customer. */
const usualNames = [
  "sub",
  "identity",
  "user_id",
  "userId",
  "uid",
  "id",
  "customer_id",
  "customerId",
  "contact_id",
  "external_id",
  "externalId",
  "oid",
  "user",
  "username",
  "preferred_username",
  "email",
] as const;

/** A token may have thousands of members; names are compared with the first of them. */
const maxNames = 200;

export function explainIdentity(payload: JsonObject, claim: string): Advice | null {
  const value = ownMember(payload, claim);
  if (value !== undefined) return explainValue(value, claim);
  const names = Object.keys(payload).slice(0, maxNames);
  const usable = (name: string) => ["string", "number"].includes(typeof payload[name]);
  const same = names.find((name) => plainForm(name) === plainForm(claim));
  const near = names.find((name) => isSimilar(name, claim) && usable(name));
  const usual = usualNames.find((name) => names.includes(name) && usable(name));
  const found = same ?? near ?? usual;
  if (found !== undefined)
    return {
      cause: `The token has ${quote(found)} instead.`,
      fix:
        found === "email"
          ? `Put the customer's stable id into “${claim}”. An e-mail address changes hands, and then a conversation would.`
          : `Name the claim “${claim}” when you sign, or set the community's identityClaim to ${quote(found)}.`,
    };
  const parent = names.find((name) => {
    const inner = payload[name];
    return (
      isJsonObject(inner) &&
      (Object.hasOwn(inner, claim) || usualNames.some((own) => Object.hasOwn(inner, own)))
    );
  });
  if (parent === undefined) return null;
  return {
    cause: `There is an object ${quote(parent)} with such a member; claims are not looked up inside of others.`,
    fix: `Put the customer's id into “${claim}” at the top level.`,
  };
}

function explainValue(value: unknown, claim: string): Advice | null {
  if (typeof value === "number")
    return { fix: `Write “${claim}” as a string: String(user.id) in JavaScript.` };
  if (typeof value !== "string") return null;
  if (value !== value.trim())
    return { fix: "Trim the value where you sign; the same customer must always have the same text." };
  if (value !== value.normalize("NFC"))
    return { fix: "Normalize the value where you sign: value.normalize(“NFC”)." };
  return null;
}

export function explainIssuer(payload: JsonObject, { issuer }: Pick<Community, "issuer">): Advice | null {
  return issuer === null ? null : explainText(ownMember(payload, "iss"), issuer, "iss", "issuer");
}

export function explainAudience(
  payload: JsonObject,
  { audience }: Pick<Community, "audience">,
): Advice | null {
  if (audience === null) return null;
  const aud = ownMember(payload, "aud");
  const values: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const near = values.find(
    (value) => typeof value === "string" && explainDifference(value, audience) !== null,
  );
  return explainText(near ?? values[0], audience, "aud", "audience");
}

function explainText(found: unknown, expected: string, claim: string, setting: string): Advice | null {
  if (found === undefined) return { fix: `Put “${claim}”: ${quote(expected)} into the token.` };
  if (typeof found !== "string") return null;
  const cause = explainDifference(found, expected);
  if (cause === null)
    return { fix: `Sign with ${claim} ${quote(expected)}, or change the community's ${setting}.` };
  return { cause, fix: `Make ${claim} and the community's ${setting} equal, character for character.` };
}

function explainDifference(found: string, expected: string): string | null {
  const bare = (text: string) => text.replace(/\/$/, "");
  if (bare(found) === bare(expected)) return "They differ by a slash at the end.";
  if (found.replace("http:", "https:") === expected || expected.replace("http:", "https:") === found)
    return "They differ by http and https.";
  if (found.trim() === expected) return "They differ by white space.";
  return found.toLowerCase() === expected.toLowerCase() ? "They differ by capital letters." : null;
}

/** Fields by other names that are usual for them. */
const aliases: Readonly<Record<string, string>> = {
  phonenumber: "phone",
  fullname: "name",
  displayname: "name",
  mail: "email",
  emailaddress: "email",
  zip: "zip_address",
  postalcode: "zip_address",
  address: "mailing_address",
  organization: "company",
};

/** A claim that is meant as an attribute and is not read as one. */
export function findUnreadAttribute(
  payload: JsonObject,
  {
    attributePrefix,
    identityClaim,
    extraValueMapping,
  }: Pick<Community, "attributePrefix" | "identityClaim" | "extraValueMapping">,
  fields: Attributes["fields"],
): Required<Advice> | null {
  const read = new Set([
    identityClaim,
    ...extraValueMapping.map(({ key }) => key),
    ...Object.values(fields).map(({ claim }) => claim),
  ]);
  for (const claim of Object.keys(payload).slice(0, maxNames)) {
    if (read.has(claim)) continue;
    const field = fieldMeant(claim, attributePrefix);
    if (field === null || Object.hasOwn(fields, field)) continue;
    const right = `${attributePrefix}${field}`;
    if (right === claim) continue;
    return {
      cause: `The claim ${quote(claim)} is not read.`,
      fix: `If it is the customer's ${field}, name it “${right}”, or map it by extraValueMapping.`,
    };
  }
  return null;
}

function fieldMeant(claim: string, prefix: string): string | null {
  const stem = plainForm(prefix);
  const plain = plainForm(claim);
  const rest = stem !== "" && plain.startsWith(stem) ? plain.slice(stem.length) : plain;
  const standard = standardFields.find((field) => plainForm(field) === rest);
  if (standard !== undefined) return standard;
  if (Object.hasOwn(aliases, rest)) return aliases[rest] ?? null;
  const custom = claim.replace(/^[^.]*\./, "");
  return custom.startsWith("custom.") && isFieldName(custom) ? custom : null;
}
