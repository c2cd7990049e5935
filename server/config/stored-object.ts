import { isJsonObject, type JsonObject } from "../identity/strict-json.ts";
import type { ConfigurationKind, ConfigurationObject } from "../store/configuration-store.ts";
import { type CommunitySettings, readCommunity } from "./community-settings.ts";
import type { Deployment } from "./config.ts";
import type { ConfigurationFault } from "./configuration-error.ts";
import { readDeployment } from "./deployment-settings.ts";
import type { Placed } from "./parse.ts";
import type { Reading } from "./reading.ts";
import { eachSecret, isSealed } from "./sealed-document.ts";
import { SealBroken, type Sealer } from "./secret.ts";

/** What a configuration object says beside its kind and id. */
export interface StoredDocument {
  /** As an element of the configuration file would have it, but for secrets: those are sealed. */
  readonly settings: JsonObject;
  /** Milliseconds since 1970-01-01 UTC, by the key's id for administrators. Empty for a deployment. */
  readonly keysCreatedAt: Readonly<Record<string, number>>;
}

interface Read {
  readonly id: string;
  readonly document: StoredDocument;
  readonly updatedAt: number;
  /** Empty where it may stand, as far as it goes by itself. */
  readonly faults: readonly ConfigurationFault[];
  readonly warnings: readonly string[];
}

/** A stored object, read by the very functions that read the configuration file. `placed` is null where it has faults. */
export type StoredCommunity = Read & {
  readonly kind: "community";
  readonly placed: Placed<CommunitySettings> | null;
};
export type StoredDeployment = Read & {
  readonly kind: "deployment";
  readonly placed: Placed<Deployment> | null;
};
export type StoredPiece = StoredCommunity | StoredDeployment;

const folders = { community: "communities", deployment: "deployments" } as const;

/** Where a stored object stands, in faults and warnings: its address in the administrators' API. */
export const storedPath = (kind: ConfigurationKind, id: string): string => `${folders[kind]}/${id}`;

interface StoredReading {
  readonly sealer: Sealer;
  readonly nowMs: number;
  readonly allowLoopback: boolean;
}

export async function readStoredObject(
  object: ConfigurationObject,
  { sealer, nowMs, allowLoopback }: StoredReading,
): Promise<StoredPiece> {
  const { kind, id, updatedAt } = object;
  const path = storedPath(kind, id);
  const document = readDocument(object.document);
  // None of the process's own variables: administrators must not read those by naming them.
  const env = allowLoopback ? { VOUCH_ALLOW_LOOPBACK: "1" } : {};
  const reading: Reading = { faults: [], warnings: [], env, nowMs };
  const read = { id, document, updatedAt, faults: reading.faults, warnings: reading.warnings };
  if (kind === "deployment") {
    const settings = readDeployment(reading, document.settings, path);
    return { ...read, kind, placed: settings && { path, settings } };
  }
  const opened = openSecrets(reading, document.settings, path, sealer);
  const settings = opened && (await readCommunity(reading, opened, path));
  return { ...read, kind, placed: settings && reading.faults.length === 0 ? { path, settings } : null };
}

/** @returns null, and a fault noted, where a secret can't be opened */
function openSecrets(
  reading: Reading,
  settings: JsonObject,
  path: string,
  sealer: Sealer,
): JsonObject | null {
  const opened = eachSecret(settings, (value, place) => {
    if (!isSealed(value)) return value;
    try {
      return sealer.open(value.sealed);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      reading.faults.push({
        path: `${path}.${place}`,
        message: "can't be opened with VOUCH_SECRET; set VOUCH_SECRET_PREVIOUS, or replace the secret",
      });
      return null;
    }
  });
  return reading.faults.length === 0 ? opened : null;
}

function readDocument(text: string): StoredDocument {
  const value: unknown = JSON.parse(text);
  const settings = isJsonObject(value) && isJsonObject(value.settings) ? value.settings : {};
  const times = isJsonObject(value) && isJsonObject(value.keysCreatedAt) ? value.keysCreatedAt : {};
  const numbers = Object.entries(times).filter((entry): entry is [string, number] =>
    Number.isFinite(entry[1]),
  );
  return { settings, keysCreatedAt: Object.fromEntries(numbers) };
}
