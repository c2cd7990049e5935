/** The shapes of administrators' answers, for `/openapi.json`; the compiler holds each to its type in `server/admin`. */

import * as v from "valibot";
import type { CommunityView, DeploymentView, KeyView, LeftOut } from "../../admin/views.ts";
import { standardFields } from "../../config/config.ts";

type Shape<T> = v.GenericSchema<unknown, T>;

const timestamp = v.pipe(v.string(), v.isoTimestamp());
const managed = { managedBy: v.picklist(["file", "api"]), updatedAt: v.nullable(timestamp) };

const customField = v.pipe(
  v.string(),
  v.guard((text): text is `custom.${string}` => text.startsWith("custom.")),
);

export const community = v.object({
  ...managed,
  id: v.string(),
  name: v.string(),
  type: v.string(),
  active: v.boolean(),
  signedIdentities: v.picklist(["accept", "reject", "require"]),
  stepUp: v.picklist(["ask", "always", "never"]),
  identityClaim: v.string(),
  issuer: v.nullable(v.string()),
  audience: v.nullable(v.string()),
  maxTokenLifetimeSeconds: v.number(),
  clockSkewSeconds: v.number(),
  singleUseTokens: v.boolean(),
  session: v.object({
    idleSeconds: v.number(),
    absoluteSeconds: v.number(),
    anonymousSeconds: v.number(),
  }),
  retention: v.object({ messageDays: v.nullable(v.number()), visitorDays: v.nullable(v.number()) }),
  attributePrefix: v.string(),
  extraValueMapping: v.array(
    v.object({ key: v.string(), field: v.union([v.picklist(standardFields), customField]) }),
  ),
  oidc: v.nullable(
    v.object({
      name: v.string(),
      discoveryUri: v.string(),
      clientId: v.string(),
      scope: v.string(),
      clientSecretSet: v.boolean(),
    }),
  ),
}) satisfies Shape<CommunityView>;

export const deployment = v.object({
  ...managed,
  id: v.string(),
  community: v.string(),
  name: v.string(),
  active: v.boolean(),
  allowedOrigins: v.array(v.string()),
  appearance: v.object({
    title: v.string(),
    accent: v.string(),
    position: v.picklist(["left", "right"]),
    theme: v.picklist(["auto", "light", "dark"]),
    locale: v.string(),
  }),
}) satisfies Shape<DeploymentView>;

const leftOut = v.array(
  v.object({ id: v.string(), faults: v.array(v.object({ path: v.string(), message: v.string() })) }),
) satisfies Shape<readonly LeftOut[]>;

export const communities = v.object({ communities: v.array(community), leftOut });
export const deployments = v.object({ deployments: v.array(deployment), leftOut });

const key = v.object({
  id: v.string(),
  kind: v.picklist(["secret", "publicKey", "jwk", "jwksUrl"]),
  kid: v.nullable(v.string()),
  alg: v.nullable(v.string()),
  url: v.nullable(v.string()),
  managedBy: v.picklist(["file", "api"]),
  createdAt: v.nullable(timestamp),
  lastUsedAt: v.nullable(timestamp),
  status: v.nullable(
    v.object({
      fetchedAt: v.nullable(timestamp),
      failingSince: v.nullable(timestamp),
      failure: v.nullable(v.string()),
      keys: v.array(v.object({ kid: v.string(), alg: v.string() })),
      leftOut: v.array(v.object({ kid: v.nullable(v.string()), reason: v.string() })),
    }),
  ),
}) satisfies Shape<KeyView>;

export const keys = v.object({ keys: v.array(key) });

/** `secret` is shown this once. */
export const addedKeys = v.object({ keys: v.array(key), secret: v.exactOptional(v.string()) });

export const auditPage = v.object({
  entries: v.array(
    v.object({
      position: v.number(),
      at: timestamp,
      actor: v.string(),
      action: v.string(),
      target: v.string(),
      detail: v.string(),
      previousHash: v.string(),
      hash: v.string(),
    }),
  ),
  intact: v.boolean(),
});
