import { isJsonObject, type JsonObject, ownMember } from "../identity/strict-json.ts";

/** How a secret stands in a stored document; a configuration file may not have this form. */
export interface SealedSecret {
  readonly sealed: string;
}

export const isSealed = (value: unknown): value is SealedSecret =>
  isJsonObject(value) && typeof ownMember(value, "sealed") === "string" && Object.keys(value).length === 1;

/** The same document with every sealed text in it replaced. */
export function eachSealed(document: unknown, renew: (sealed: string) => string): unknown {
  if (isSealed(document)) return { sealed: renew(document.sealed) };
  if (Array.isArray(document)) return document.map((element) => eachSealed(element, renew));
  if (!isJsonObject(document)) return document;
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [name, eachSealed(value, renew)]),
  );
}

/**
 * The settings of a community with every secret replaced. Secrets are looked for in their places only: whoever may write
 * a name must not have a sealed text opened by writing it there.
 *
 * @param replace is given what stands there and where: `keys[0].secret`, `oidc.clientSecret`
 */
export function eachSecret(
  settings: JsonObject,
  replace: (value: unknown, path: string) => unknown,
): JsonObject {
  const within = (holder: unknown, name: string, path: string): unknown =>
    isJsonObject(holder) && Object.hasOwn(holder, name)
      ? { ...holder, [name]: replace(holder[name], `${path}.${name}`) }
      : holder;
  const { keys, oidc } = settings;
  return {
    ...settings,
    ...(Array.isArray(keys) && { keys: keys.map((key, index) => within(key, "secret", `keys[${index}]`)) }),
    ...(isJsonObject(oidc) && { oidc: within(oidc, "clientSecret", "oidc") }),
  };
}
