import { isJsonObject, ownMember } from "../identity/strict-json.ts";
import { elementsOf, type Reading } from "./reading.ts";

interface KeyPlace {
  readonly path: string;
  readonly kid: unknown;
}

/**
 * A token names its key by `kid`: no two keys of a community share one, and with several keys each has one. A JWK set by
 * URL counts as a key, for it may bring some at any time.
 */
export function checkKids(reading: Reading, community: unknown, path: string): void {
  const entries = elementsOf(community, "keys");
  const places = entries.flatMap((entry, index) => keysOf(entry, `${path}.keys[${index}]`));
  const alone = places.length === 1 && !entries.some((entry) => has(entry, "jwksUrl"));
  const seen = new Set<unknown>();
  for (const { path, kid } of places) {
    if (kid !== undefined && kid !== null && seen.has(kid))
      reading.faults.push({ path: `${path}.kid`, message: "another key of the community has this kid" });
    if ((kid === undefined || kid === null) && !alone)
      reading.faults.push({ path: `${path}.kid`, message: "is needed where a community has several keys" });
    seen.add(kid);
  }
}

function keysOf(entry: unknown, path: string): readonly KeyPlace[] {
  if (has(entry, "jwksUrl")) return [];
  if (!has(entry, "jwks")) return [{ path, kid: kidOf(entry) }];
  const jwks = isJsonObject(entry) ? entry.jwks : undefined;
  return elementsOf(jwks, "keys").map((jwk, index) => ({
    path: `${path}.jwks.keys[${index}]`,
    kid: kidOf(jwk),
  }));
}

const has = (entry: unknown, name: string): boolean => isJsonObject(entry) && Object.hasOwn(entry, name);

const kidOf = (key: unknown): unknown => (isJsonObject(key) ? ownMember(key, "kid") : undefined);
