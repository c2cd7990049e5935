/** The configuration once it is read, checked and resolved: what the rest of the server trusts. */

import type { Limits } from "../../shared/limits.ts";
import type { Appearance, SignedIdentities, StepUp } from "../../shared/protocol.ts";
import type { VerificationKey } from "../identity/keys.ts";

export const standardFields = [
  "name",
  "alias",
  "title",
  "company",
  "fax",
  "phone",
  "mailing_address",
  "city",
  "state",
  "country",
  "zip_address",
  "email",
  "sms",
] as const;

/** A standard field, or `custom.{name}`. */
export type FieldName = (typeof standardFields)[number] | `custom.${string}`;

/** An OpenID provider that vouches for a community's customers. */
export interface OidcSettings {
  /** The `authId` of its customers' contact keys. */
  readonly name: string;
  /** Address of the discovery document (OpenID Connect Discovery 1.0, section 4). */
  readonly discoveryUri: string;
  readonly clientId: string;
  /** null: a public client. */
  readonly clientSecret: string | null;
  /** Space-separated; asked for where the companion runs the flow itself. */
  readonly scope: string;
}

/** An identity domain: contacts belong to it, and no token of one community opens anything of another. */
export interface Community {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly active: boolean;
  readonly signedIdentities: SignedIdentities;
  /** Default `ask`. */
  readonly stepUp: StepUp;
  /** null: no customer signs in by OpenID Connect. */
  readonly oidc: OidcSettings | null;
  /** The claim whose value is the customer's identity. */
  readonly identityClaim: string;
  /** In the order of the configuration; no two share a `kid`. */
  readonly keys: readonly VerificationKey[];
  /** Addresses of JWK sets; a token whose key is in none of `keys` may have its key there. */
  readonly jwksUrls: readonly string[];
  readonly issuer: string | null;
  readonly audience: string | null;
  readonly maxTokenLifetimeSeconds: number;
  readonly clockSkewSeconds: number;
  /** Each token opens one session; needs `jti`. */
  readonly singleUseTokens: boolean;
  readonly session: {
    readonly idleSeconds: number;
    readonly absoluteSeconds: number;
    readonly anonymousSeconds: number;
  };
  /** How long what was written is kept; null: for ever. */
  readonly retention: {
    /** Messages older than this are removed, with their attachments. */
    readonly messageDays: number | null;
    /** Visitors whose conversation is older than this, and who have no live session, are erased. */
    readonly visitorDays: number | null;
  };
  /** Claims that start with it are attributes: `comm100.email` → field `email`. */
  readonly attributePrefix: string;
  readonly extraValueMapping: readonly { readonly key: string; readonly field: FieldName }[];
}

/** A messenger on a site; its id is public. */
export interface Deployment {
  readonly id: string;
  readonly communityId: string;
  readonly name: string;
  readonly active: boolean;
  /** Patterns as in `shared/origins.ts`; empty: embedded nowhere. */
  readonly allowedOrigins: readonly string[];
  readonly appearance: Appearance;
}

export interface Config {
  readonly siteId: number;
  readonly communities: ReadonlyMap<string, Community>;
  readonly deployments: ReadonlyMap<string, Deployment>;
  readonly limits: Limits;
  /** Things that are allowed but deserve a line at start, such as a JWK set that is empty. */
  readonly warnings: readonly string[];
}
