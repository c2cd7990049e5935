import type { CommunitySettings } from "./community-settings.ts";
import { issuerAddress } from "./oidc-settings.ts";
import type { Reading } from "./reading.ts";

interface Trust {
  /** Of the issuer, the key or the address of keys: equal where these are the same. */
  readonly id: string;
  readonly path: string;
  readonly audience: string | null;
  /** What tells the tokens for one community from those for another. */
  readonly apartBy: "audience" | "client id";
  readonly communityId: string;
  /** One key by itself; what it signs is the operator's own choice. */
  readonly single: boolean;
}

/**
 * Whoever signs for two communities could sign a customer of one into the other, unless every token says by `aud` for
 * which of them it is. Refused for an issuer and a JWK set, which somebody else may run, and for a client of an OpenID provider, whose audience is its id; for a key that the operator wrote
 * into both communities it is worth a warning.
 */
export function checkSharedTrust(
  reading: Reading,
  communities: readonly { readonly path: string; readonly settings: CommunitySettings }[],
): void {
  const seen: Trust[] = [];
  for (const { path, settings } of communities) {
    const trusts = trustsOf(settings, path);
    for (const trust of trusts) {
      const other = seen.find(({ id, audience }) => id === trust.id && !toldApart(audience, trust.audience));
      if (!other) continue;
      const message = `serves the community ${other.communityId} as well: give each ${trust.apartBy === "audience" ? "an audience" : "a client id"} of its own`;
      if (trust.single && other.single) reading.warnings.push(`${trust.path}: ${message}.`);
      else reading.faults.push({ path: trust.path, message });
    }
    seen.push(...trusts);
  }
}

const toldApart = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && one !== other;

function trustsOf({ community, sources }: CommunitySettings, path: string): readonly Trust[] {
  const { id: communityId, issuer, audience, oidc } = community;
  const found = sources.map((source) => ({
    id: source.kind === "url" ? `url ${source.url}` : `key ${source.fingerprint}`,
    path: source.path,
    single: source.kind === "key" && !source.fromSet,
  }));
  if (issuer !== null) found.push({ id: `issuer ${issuer}`, path: `${path}.issuer`, single: false });
  const trusts = found.map((trust) => ({ ...trust, communityId, audience, apartBy: "audience" as const }));
  if (!oidc) return trusts;
  const client: Trust = {
    id: `oidc ${issuerAddress(oidc)}`,
    path: `${path}.oidc.clientId`,
    audience: oidc.clientId,
    apartBy: "client id",
    communityId,
    single: false,
  };
  return [...trusts, client];
}
