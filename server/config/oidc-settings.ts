import * as v from "valibot";
import { contactJwtSource } from "../identity/identity.ts";
import { httpsAddress } from "./address.ts";
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
    scope: v.optional(line(1, 1024), "openid"),
  });

/** OpenID Connect comes with a later release; what is configured for it is checked already. */
export function checkOidc(reading: Reading, value: unknown, path: string): void {
  const settings = readPart(reading, oidcSchema(reading.env), value, path);
  if (settings?.clientSecret !== undefined)
    resolveSecret(reading, settings.clientSecret, within(path, "clientSecret"));
  reading.warnings.push(`${path}: this release does not sign customers in by OpenID Connect yet.`);
}
