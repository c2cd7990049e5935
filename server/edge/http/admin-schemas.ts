/**
 * What administrators send, as far as `/openapi.json` describes it. The configuration's own checks decide, for the file and
 * for these alike: members that are unknown here reach them and are refused there, by name.
 */

import * as v from "valibot";

const text = v.optional(v.string());
const nullableText = v.optional(v.nullable(v.string()));
const flag = v.optional(v.nullable(v.boolean()));
const seconds = v.optional(v.nullable(v.number()));

const jwks = v.looseObject({ keys: v.array(v.looseObject({ kty: text, kid: text })) });

export const keyBody = v.looseObject({
  kid: text,
  alg: v.optional(v.picklist(["HS256", "RS256", "RS512", "PS256", "ES256", "EdDSA"])),
  /** With `alg: "HS256"`: the server makes the secret and shows it once. */
  generate: v.optional(v.boolean()),
  secret: text,
  publicKey: text,
  jwks: v.optional(jwks),
  jwksUrl: text,
});

const communityMembers = {
  name: nullableText,
  type: nullableText,
  active: flag,
  signedIdentities: v.optional(v.nullable(v.picklist(["accept", "reject", "require"]))),
  stepUp: v.optional(v.nullable(v.picklist(["ask", "always", "never"]))),
  identityClaim: nullableText,
  issuer: nullableText,
  audience: nullableText,
  maxTokenLifetimeSeconds: seconds,
  clockSkewSeconds: seconds,
  singleUseTokens: flag,
  session: v.optional(
    v.nullable(v.looseObject({ idleSeconds: seconds, absoluteSeconds: seconds, anonymousSeconds: seconds })),
  ),
  attributePrefix: nullableText,
  extraValueMapping: v.optional(v.nullable(v.array(v.looseObject({ key: v.string(), field: v.string() })))),
  oidc: v.optional(
    v.nullable(
      v.looseObject({ name: text, discoveryUri: text, clientId: text, clientSecret: text, scope: text }),
    ),
  ),
};

const deploymentMembers = {
  name: nullableText,
  active: flag,
  allowedOrigins: v.optional(v.nullable(v.array(v.string()))),
  appearance: v.optional(
    v.nullable(
      v.looseObject({
        title: text,
        accent: text,
        position: v.optional(v.picklist(["left", "right"])),
        theme: v.optional(v.picklist(["auto", "light", "dark"])),
        locale: text,
      }),
    ),
  ),
};

export const communityBody = v.looseObject({
  id: v.string(),
  ...communityMembers,
  keys: v.optional(v.array(keyBody)),
});
export const communityPatch = v.looseObject(communityMembers);
export const deploymentBody = v.looseObject({ id: v.string(), community: v.string(), ...deploymentMembers });
export const deploymentPatch = v.looseObject({ community: text, ...deploymentMembers });
