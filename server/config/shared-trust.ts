import type { CommunitySettings } from "./community-settings.ts";
import type { Reading } from "./reading.ts";

interface Trust {
  /** Of the issuer, the key or the address of keys: equal where these are the same. */
  readonly id: string;
  readonly path: string;
  readonly audience: string | null;
  readonly communityId: string;
}

/**
 * Whoever signs for two communities could sign a customer of one into the other, unless every token says by `aud` for
 * which of them it is.
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
      reading.faults.push({
        path: trust.path,
        message: `serves the community ${other.communityId} as well: give each an audience of its own`,
      });
    }
    seen.push(...trusts);
  }
}

const toldApart = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && one !== other;

function trustsOf({ community, sources }: CommunitySettings, path: string): readonly Trust[] {
  const { id: communityId, issuer, audience } = community;
  const found = sources.map((source) => ({
    id: source.kind === "url" ? `url ${source.url}` : `key ${source.fingerprint}`,
    path: source.path,
  }));
  if (issuer !== null) found.push({ id: `issuer ${issuer}`, path: `${path}.issuer` });
  return found.map((trust) => ({ ...trust, communityId, audience }));
}
