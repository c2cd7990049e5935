import * as v from "valibot";
import { isFieldName } from "../identity/attributes.ts";
import type { Community } from "./config.ts";
import { type KeySource, readKeySources } from "./key-settings.ts";
import { checkKids } from "./kids.ts";
import { readOidc } from "./oidc-settings.ts";
import { elementsOf, listOf, type Reading, readPart, within } from "./reading.ts";
import { exactObject, line, slug, wholeNumber } from "./schema-parts.ts";
import { checkUnique } from "./unique.ts";

const day = 86_400;

const claimName = v.pipe(
  v.string(),
  v.check(
    (name) =>
      /^[A-Za-z][A-Za-z0-9_.:/-]{0,127}$/.test(name) && name !== "constructor" && name !== "prototype",
    "must be a claim's name: a letter, then up to 127 letters, digits and _ . : / -",
  ),
);

const mappingSchema = exactObject({
  key: line(1, 128),
  field: v.pipe(
    v.string(),
    v.guard(isFieldName, "must be a standard field (name, email, …) or custom.{name}"),
  ),
});

const sessionSchema = exactObject({
  idleSeconds: v.optional(wholeNumber(1, 365 * day), 1800),
  absoluteSeconds: v.optional(wholeNumber(1, 365 * day), day),
  anonymousSeconds: v.optional(wholeNumber(1, 365 * day), 3 * day),
});

const days = v.nullish(wholeNumber(1, 36_500), null);
const retentionSchema = exactObject({ messageDays: days, visitorDays: days });

const communitySchema = exactObject({
  id: slug,
  name: v.optional(line(1, 200)),
  type: v.optional(line(1, 64), "messenger"),
  active: v.optional(v.boolean(), true),
  signedIdentities: v.optional(v.picklist(["accept", "reject", "require"]), "require"),
  stepUp: v.optional(v.picklist(["ask", "always", "never"]), "ask"),
  identityClaim: v.optional(claimName, "sub"),
  keys: v.optional(listOf("keys", v.unknown()), []),
  issuer: v.nullish(line(1, 512), null),
  audience: v.nullish(line(1, 512), null),
  maxTokenLifetimeSeconds: v.optional(wholeNumber(1, 366 * day), day),
  clockSkewSeconds: v.optional(wholeNumber(0, 600), 60),
  singleUseTokens: v.optional(v.boolean(), false),
  session: v.optional(sessionSchema, {}),
  retention: v.optional(retentionSchema, {}),
  attributePrefix: v.optional(line(0, 64), "comm100."),
  extraValueMapping: v.optional(listOf("extraValueMapping", mappingSchema), []),
  oidc: v.nullish(v.unknown()),
});

export interface CommunitySettings {
  readonly community: Community;
  readonly sources: readonly KeySource[];
}

export async function readCommunity(
  reading: Reading,
  value: unknown,
  path: string,
): Promise<CommunitySettings | null> {
  const settings = readPart(reading, communitySchema, value, path);
  const sources: KeySource[] = [];
  for (const [index, entry] of elementsOf(value, "keys").entries())
    sources.push(...(await readKeySources(reading, entry, `${path}.keys[${index}]`)));
  checkKids(reading, value, path);
  for (const name of ["key", "field"])
    checkUnique(reading, elementsOf(value, "extraValueMapping"), name, within(path, "extraValueMapping"));
  if (!settings) return null;
  const { oidc, name = settings.id, ...rest } = settings;
  const community: Community = {
    ...rest,
    name,
    oidc: oidc ? readOidc(reading, oidc, within(path, "oidc")) : null,
    keys: sources.flatMap((source) => (source.kind === "key" ? [source.key] : [])),
    jwksUrls: sources.flatMap((source) => (source.kind === "url" ? [source.url] : [])),
  };
  warnOfDeadEnd(reading, community, path);
  warnOfAnyAudience(reading, community, sources);
  return { community, sources };
}

function warnOfDeadEnd(reading: Reading, community: Community, path: string): void {
  const { signedIdentities, keys, jwksUrls, oidc } = community;
  if (signedIdentities === "require" && keys.length === 0 && jwksUrls.length === 0 && oidc === null)
    reading.warnings.push(
      `${path}.keys: there is no key, and signed identities are required: nobody can sign in.`,
    );
}

/** A set by URL is often an OpenID provider's, which signs for all of its clients by the same keys; an issuer tells none apart. */
function warnOfAnyAudience(reading: Reading, { audience }: Community, sources: readonly KeySource[]): void {
  if (audience !== null) return;
  for (const source of sources)
    if (source.kind === "url")
      reading.warnings.push(
        `${source.path}: any token of that issuer, for whichever client, passes as a Contact JWT: set audience.`,
      );
}
