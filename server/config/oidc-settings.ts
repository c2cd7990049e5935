import * as v from "valibot";
import { contactJwtSource } from "../identity/identity.ts";
import { httpsAddress } from "./address.ts";
import type { OidcSettings } from "./config.ts";
import { type Reading, readPart, within } from "./reading.ts";
import { exactObject, line, secretReference, slug } from "./schema-parts.ts";
import { resolveSecret } from "./secret-reference.ts";

const oidcSchema = (env: NodeJS.ProcessEnv) =>
  exactObject({
    // It becomes part of contact keys, where `jwt` stands for the community's own keys.
    name: v.pipe(
      slug,
      v.check(
        (name) => name !== contactJwtSource,
        `must not be ${contactJwtSource}, which names the community's keys`,
      ),
    ),
    discoveryUri: httpsAddress(env),
    clientId: line(1, 512),
    clientSecret: v.optional(secretReference),
    scope: v.optional(
      v.pipe(
        line(1, 1024),
        v.check((scope) => scope.split(" ").includes("openid"), "must include openid, separated by spaces"),
      ),
      "openid",
    ),
  });

/** @returns null where it has a fault */
export function readOidc(reading: Reading, value: unknown, path: string): OidcSettings | null {
  const settings = readPart(reading, oidcSchema(reading.env), value, path);
  if (!settings) return null;
  const { clientSecret, ...rest } = settings;
  if (clientSecret === undefined) return { ...rest, clientSecret: null };
  return { ...rest, clientSecret: resolveSecret(reading, clientSecret, within(path, "clientSecret")) };
}

const wellKnown = "/.well-known/openid-configuration";

/** Where the discovery document is: an issuer may be configured instead (OpenID Connect Discovery 1.0, section 4.1). */
export function documentAddress({ discoveryUri }: Pick<OidcSettings, "discoveryUri">): URL {
  const url = new URL(discoveryUri);
  if (!url.pathname.includes("/.well-known/")) url.pathname = url.pathname.replace(/\/$/, "") + wellKnown;
  return url;
}

/**
 * The issuer whose document it is, without a slash at the end (section 4.3): the address without its own end. One provider
 * has one, however its address is spelt.
 */
export function issuerAddress(settings: Pick<OidcSettings, "discoveryUri">): string {
  const url = documentAddress(settings);
  url.search = "";
  return url.href.replace(wellKnown, "").replace(/\/$/, "");
}
