import { hash } from "node:crypto";
import { algorithmWithoutAlg } from "../identity/public-key.ts";
import { isJsonObject, type JsonObject, ownMember } from "../identity/strict-json.ts";

/** A key of a community, or an address of keys, as its settings name it. Nothing of the key itself. */
export interface KeyEntry {
  /** Its `kid`; `only` where it has none and so is the only one; `url-…` for an address. */
  readonly id: string;
  readonly kind: "secret" | "publicKey" | "jwk" | "jwksUrl";
  readonly kid: string | null;
  /** null: an address has keys of its own. */
  readonly alg: string | null;
  /** Of a `jwksUrl`; null otherwise. */
  readonly url: string | null;
}

/** In the order of the settings, which have been through the configuration's checks. */
export const keyEntries = (settings: JsonObject): readonly KeyEntry[] =>
  sourcesOf(settings).flatMap(entriesOf);

export const sourcesOf = (settings: JsonObject): readonly unknown[] => {
  const keys = ownMember(settings, "keys");
  return Array.isArray(keys) ? keys : [];
};

export const sharedTokens = (settings: JsonObject): readonly KeyEntry[] =>
  keyEntries(settings).filter(({ kind }) => kind === "secret");

/** The settings without one key; the same object where there is none of this id. */
export function withoutKey(settings: JsonObject, id: string): JsonObject {
  if (!keyEntries(settings).some((entry) => entry.id === id)) return settings;
  return { ...settings, keys: sourcesOf(settings).flatMap((source) => sourceWithout(source, id)) };
}

/** A JWK set may lose one of its keys, and is gone with the last. */
function sourceWithout(source: unknown, id: string): readonly unknown[] {
  const jwks = jwksOf(source);
  if (jwks === null) return entriesOf(source).some((entry) => entry.id === id) ? [] : [source];
  const left = jwks.filter((jwk) => idOf(kidOf(jwk)) !== id);
  return left.length === 0 && jwks.length > 0 ? [] : [{ jwks: { keys: left } }];
}

function entriesOf(source: unknown): readonly KeyEntry[] {
  if (!isJsonObject(source)) return [];
  const jwks = jwksOf(source);
  if (jwks !== null)
    return jwks.map((jwk) => ({ ...named(kidOf(jwk)), kind: "jwk", alg: algOf(jwk), url: null }));
  const { jwksUrl } = source;
  if (typeof jwksUrl === "string")
    return [{ id: addressId(jwksUrl), kind: "jwksUrl", kid: null, alg: null, url: jwksUrl }];
  const kind = Object.hasOwn(source, "secret") ? "secret" : "publicKey";
  return [{ ...named(kidOf(source)), kind, alg: algOf(source), url: null }];
}

const named = (kid: string | null) => ({ id: idOf(kid), kid });

const idOf = (kid: string | null): string => kid ?? "only";

const addressId = (url: string): string => `url-${hash("sha256", url).slice(0, 12)}`;

function jwksOf(source: unknown): readonly unknown[] | null {
  const jwks = isJsonObject(source) ? ownMember(source, "jwks") : undefined;
  return isJsonObject(jwks) && Array.isArray(jwks.keys) ? jwks.keys : null;
}

const textOf = (key: unknown, name: string): string | null => {
  const value = isJsonObject(key) ? ownMember(key, name) : undefined;
  return typeof value === "string" ? value : null;
};

const kidOf = (key: unknown): string | null => textOf(key, "kid");

function algOf(key: unknown): string | null {
  const [kty, crv] = [textOf(key, "kty"), textOf(key, "crv")];
  return textOf(key, "alg") ?? algorithmWithoutAlg({ ...(kty && { kty }), ...(crv && { crv }) }) ?? null;
}
