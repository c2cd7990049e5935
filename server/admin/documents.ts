/** What becomes of a stored document: decisions only. Whether the result may stand, the configuration says. */

import { ProblemError } from "../../shared/problem-error.ts";
import type { ConfigurationFault } from "../config/configuration-error.ts";
import { eachSecret } from "../config/sealed-document.ts";
import type { Sealer } from "../config/secret.ts";
import type { StoredDocument } from "../config/stored-object.ts";
import { isJsonObject, type JsonObject, ownMember } from "../identity/strict-json.ts";
import type { ConfigurationKind } from "../store/configuration-store.ts";
import { keyEntries, sharedTokens, sourcesOf, withoutKey } from "./key-entries.ts";

/** One that signs and one that is about to: more is an old token that somebody forgot. */
const maxSharedTokens = 2;

export const refuse = (...faults: readonly ConfigurationFault[]): ProblemError =>
  new ProblemError("request_invalid", {
    detail: `The request can't be done: ${faults.map(({ path, message }) => `${path} ${message}`).join("; ")}.`,
    faults,
  });

/** @throws ProblemError where a secret is anything but a text: administrators name no variables of the process */
export function sealSecrets(settings: JsonObject, sealer: Sealer): JsonObject {
  return eachSecret(settings, (value, path) => {
    if (typeof value === "string") return { sealed: sealer.seal(value) };
    throw refuse({ path, message: 'must be a string; { "env": … } is for the configuration file' });
  });
}

export function created(
  kind: ConfigurationKind,
  settings: JsonObject,
  current: StoredDocument | null,
  nowMs: number,
): StoredDocument {
  if (current) throw refuse({ path: "id", message: `is that of another ${kind}` });
  return documentOf(settings, {}, nowMs);
}

/** RFC 7396 for the top level: a member replaces the one that stood, null takes it back to its default. */
export function patched(current: StoredDocument, patch: JsonObject, nowMs: number): StoredDocument {
  const { settings, keysCreatedAt } = current;
  if (Object.hasOwn(patch, "keys"))
    throw refuse({ path: "keys", message: "are added and removed one by one, below /keys" });
  if (Object.hasOwn(patch, "id") && patch.id !== settings.id)
    throw refuse({ path: "id", message: "can't be changed" });
  const merged = { ...settings, ...patch, ...keptClientSecret(settings, patch) };
  const set = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  return documentOf(set, keysCreatedAt, nowMs);
}

/**
 * Nobody is ever shown the client secret, and so whoever sends the rest back keeps it. Not for another provider: it would
 * be handed to whoever runs that one.
 */
function keptClientSecret(settings: JsonObject, patch: JsonObject): JsonObject {
  const [before, after] = [ownMember(settings, "oidc"), ownMember(patch, "oidc")];
  if (!isJsonObject(before) || !isJsonObject(after) || Object.hasOwn(after, "clientSecret")) return {};
  if (before.discoveryUri !== after.discoveryUri || before.clientId !== after.clientId) return {};
  return {
    oidc: { ...after, ...(before.clientSecret !== undefined && { clientSecret: before.clientSecret }) },
  };
}

/** @param source an element of `keys`, its secret sealed */
export function withKey(current: StoredDocument, source: JsonObject, nowMs: number): StoredDocument {
  const { settings, keysCreatedAt } = current;
  return documentOf({ ...settings, keys: [...sourcesOf(settings), source] }, keysCreatedAt, nowMs);
}

/** @throws ProblemError `not_found` */
export function withoutKeyOf(current: StoredDocument, keyId: string, nowMs: number): StoredDocument {
  const settings = withoutKey(current.settings, keyId);
  if (settings === current.settings)
    throw new ProblemError("not_found", { detail: "The community has no key of this id." });
  return documentOf(settings, current.keysCreatedAt, nowMs);
}

function documentOf(
  settings: JsonObject,
  before: StoredDocument["keysCreatedAt"],
  nowMs: number,
): StoredDocument {
  const tokens = sharedTokens(settings);
  if (tokens.length > maxSharedTokens)
    throw refuse({
      path: "keys",
      message: `would have ${tokens.length} shared tokens (${tokens.map(({ id }) => id).join(", ")}) and may have ${maxSharedTokens}; remove the one that nothing signs with any more`,
    });
  // A kid may well be “constructor”.
  const times = keyEntries(settings).map(({ id }) => [id, Object.hasOwn(before, id) ? before[id] : nowMs]);
  return { settings, keysCreatedAt: Object.fromEntries(times) };
}
