import type { Log } from "../observability/log.ts";
import type { SealedStore } from "../store/sealed-store.ts";
import type { KeyStore } from "../store/store.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { Environment } from "./environment.ts";
import { SealBroken, type Sealer } from "./secret.ts";

/**
 * Brings everything that is stored sealed under the current VOUCH_SECRET, and makes sure that it opens.
 * To be called before anything else reads it.
 *
 * @throws ConfigurationError where VOUCH_SECRET is not the one that the store was sealed under
 */
export async function turnSecret(deps: {
  readonly store: SealedStore & KeyStore;
  readonly sealer: Sealer;
  readonly environment: Pick<Environment, "previousSecret">;
  readonly log: Log;
}): Promise<void> {
  const { store, sealer, environment, log } = deps;
  if (environment.previousSecret !== null) await renewAll(store, sealer, log);
  for (const { sealedJwk } of await store.platformKeys()) requireOpen(sealer, sealedJwk);
}

async function renewAll(store: SealedStore, sealer: Sealer, log: Log): Promise<void> {
  const lost = new Set<string>();
  const renewed = await store.renewSealed((sealed) => {
    const next = sealer.renew(sealed);
    if (!opens(sealer, next)) lost.add(sealed);
    return next;
  });
  const warning =
    lost.size === 0
      ? "Everything stored is sealed under VOUCH_SECRET now: take VOUCH_SECRET_PREVIOUS out."
      : `${lost.size} stored secrets open with neither VOUCH_SECRET nor VOUCH_SECRET_PREVIOUS: set the one they were sealed under, or replace them.`;
  log.warn({ event: "secret_turned", renewed, warning });
}

function opens(sealer: Sealer, sealed: string): boolean {
  try {
    sealer.open(sealed);
    return true;
  } catch (error) {
    if (error instanceof SealBroken) return false;
    throw error;
  }
}

function requireOpen(sealer: Sealer, sealed: string): void {
  if (opens(sealer, sealed)) return;
  throw new ConfigurationError([
    {
      path: "VOUCH_SECRET",
      message:
        "is not the one that the keys in the store were sealed under; set it back, or set VOUCH_SECRET_PREVIOUS to the former one",
    },
  ]);
}
