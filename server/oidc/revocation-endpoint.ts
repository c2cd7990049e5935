import { type ClientOptions, createClient, loadClient, providerFetch } from "./client.ts";
import { isTemporary } from "./failures.ts";
import type { ProviderPlace } from "./sign-ins.ts";

/**
 * RFC 7009. A provider answers success for a token that it does not know, so that repeating it does no harm.
 * @returns whether it is done with: false, and it is worth another attempt
 */
export async function revokeToken(
  options: ClientOptions,
  { provider, settings }: Pick<ProviderPlace, "provider" | "settings">,
  refreshToken: string,
): Promise<boolean> {
  if (provider.metadata.revocation_endpoint === undefined) return true;
  const client = await loadClient();
  const configuration = await createClient(options, provider, settings, providerFetch(options));
  try {
    await client.tokenRevocation(configuration, refreshToken, { token_type_hint: "refresh_token" });
    return true;
  } catch (error) {
    // What an operator can mend (our client id and secret) is worth another attempt as well.
    const isFinal = error instanceof client.ResponseBodyError && error.error !== "invalid_client";
    return isFinal && !isTemporary(error);
  }
}
