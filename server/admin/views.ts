/** What administrators see. Nothing of it is a secret, sealed or not. */

import { timestamp } from "../../shared/clock.ts";
import type { Timestamp } from "../../shared/protocol.ts";
import type { Community, Deployment, OidcSettings } from "../config/config.ts";
import type { ConfigurationFault } from "../config/configuration-error.ts";
import type { ConfigEntry } from "../config/live-config.ts";
import type { JwkSetStatus } from "../identity/jwk-sets.ts";
import type { KeyEntry } from "./key-entries.ts";

export interface Managed {
  /** `file`: read-only here. */
  readonly managedBy: "file" | "api";
  /** null: managed by the file. */
  readonly updatedAt: Timestamp | null;
}

export type CommunityView = Omit<Community, "keys" | "jwksUrls" | "oidc"> &
  Managed & {
    readonly oidc: (Omit<OidcSettings, "clientSecret"> & { readonly clientSecretSet: boolean }) | null;
  };

export type DeploymentView = Omit<Deployment, "communityId"> & Managed & { readonly community: string };

/** Stored, and taking no part. */
export interface LeftOut {
  readonly id: string;
  readonly faults: readonly ConfigurationFault[];
}

/** How fetching a JWK set goes. */
export interface AddressStatus {
  readonly fetchedAt: Timestamp | null;
  readonly failingSince: Timestamp | null;
  readonly failure: string | null;
  readonly keys: readonly { readonly kid: string; readonly alg: string }[];
  readonly leftOut: readonly { readonly kid: string | null; readonly reason: string }[];
}

export interface KeyView extends KeyEntry {
  readonly managedBy: "file" | "api";
  /** null: managed by the file. */
  readonly createdAt: Timestamp | null;
  /** When a token was last verified by it; null: never, as far as is known. */
  readonly lastUsedAt: Timestamp | null;
  /** Of a `jwksUrl`; null otherwise. */
  readonly status: AddressStatus | null;
}

export function viewCommunity(
  { keys, jwksUrls, oidc, ...community }: Community,
  entry: ConfigEntry,
): CommunityView {
  return { ...community, oidc: oidc && viewOidc(oidc), ...managed(entry) };
}

export const viewDeployment = (
  { communityId, ...deployment }: Deployment,
  entry: ConfigEntry,
): DeploymentView => ({ ...deployment, community: communityId, ...managed(entry) });

export function viewKey(
  key: KeyEntry,
  { managedBy, keysCreatedAt }: ConfigEntry,
  lastUses: ReadonlyMap<string, number>,
  status: JwkSetStatus | null,
): KeyView {
  const createdAt = Object.hasOwn(keysCreatedAt, key.id) ? keysCreatedAt[key.id] : null;
  const kids = status ? status.keys.map(({ kid }) => kid) : [key.kid ?? ""];
  const lastUsedAt = Math.max(...kids.map((kid) => lastUses.get(kid) ?? 0), 0);
  return {
    ...key,
    managedBy,
    createdAt: time(createdAt),
    // What is older was another key of this id.
    lastUsedAt: time(lastUsedAt >= (createdAt ?? 1) ? lastUsedAt : null),
    status: status && viewStatus(status),
  };
}

const viewStatus = ({ fetchedAt, failingSince, failure, keys, leftOut }: JwkSetStatus): AddressStatus => ({
  fetchedAt: time(fetchedAt),
  failingSince: time(failingSince),
  failure,
  keys: keys.map(({ kid, alg }) => ({ kid, alg })),
  leftOut: leftOut.map(({ kid, reason }) => ({ kid, reason })),
});

const viewOidc = ({ clientSecret, ...oidc }: OidcSettings) => ({
  ...oidc,
  clientSecretSet: clientSecret !== null,
});

const managed = ({ managedBy, updatedAt }: ConfigEntry): Managed => ({
  managedBy,
  updatedAt: time(updatedAt),
});

const time = (ms: number | null | undefined): Timestamp | null => (ms == null ? null : timestamp(ms));
