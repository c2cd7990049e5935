/**
 * Renewal among the tabs of the host page: one asks the page, the others take the token that it got. The token passes from
 * page to page over a BroadcastChannel, in memory only.
 *
 * Why that is safe. Only scripts of the page's own origin can hear or speak there, and those can read the page's token and
 * call `Messenger.login()` as it is. A tab takes a token only from one that renewed for the same contact, by the id that the
 * companion's frame gave for it. Should the site have changed its customer meanwhile, so that the token is another's, the
 * server answers `409 identity_changed`: the frame then throws everything of the first contact away before anything of the
 * next is there, as it does for a token that the page itself hands over.
 */

import type { AssertedIdentity } from "../../bridge/messages.ts";
import type { IdentityToken } from "../auth-provider.ts";
import { sameIdentity } from "../same-identity.ts";
import { readIdentity } from "./identity-token.ts";
import type { Turns } from "./turns.ts";

export interface Tabs {
  /**
   * Asks once it is this tab's turn. A code works once and is nobody else's: those who ask for one only queue.
   *
   * @param share whose token it is, by contact id; null: the answer can't be shared
   * @param before the token that is to be replaced: it is no answer
   * @throws whatever `ask` throws; the signal's reason where it ends the waiting
   */
  renew(
    share: string | null,
    before: AssertedIdentity,
    signal: AbortSignal,
    ask: () => Promise<AssertedIdentity>,
  ): Promise<AssertedIdentity>;
}

/** What a tab tells the others. */
interface Shared {
  readonly contactId: string;
  readonly identity: IdentityToken;
}

/** A lock may be given before the word of the tab that had it arrives: they travel by different ways. */
const graceMs = 50;

/**
 * @param name of the lock and the channel: one for each companion and deployment
 * @param openChannel null where the browser has none
 */
export function createTabs(
  name: string,
  turns: Turns,
  openChannel: (name: string) => BroadcastChannel | null,
): Tabs {
  return {
    async renew(share, before, signal, ask) {
      const channel = share === null ? null : openChannel(name);
      const waiting = new AbortController();
      const stopWaiting = (): void => waiting.abort(signal.reason);
      signal.addEventListener("abort", stopWaiting);
      let taken: IdentityToken | null = null;
      const heard = new Promise<IdentityToken>((resolve) => {
        if (!channel) return;
        channel.onmessage = ({ data }) => {
          const found = readShared(data, share);
          if (!found || sameIdentity(found, before)) return;
          taken = found;
          resolve(found);
        };
      });
      const own = async (waited: boolean): Promise<AssertedIdentity> => {
        if (waited && channel)
          await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, graceMs))]);
        if (taken) return taken;
        const found = await ask();
        if (found && share !== null && !sameIdentity(found, before))
          channel?.postMessage({ contactId: share, identity: found } satisfies Record<keyof Shared, unknown>);
        return found;
      };
      try {
        signal.throwIfAborted();
        return await Promise.race([heard, turns.take(name, waiting.signal, own)]);
      } finally {
        waiting.abort();
        signal.removeEventListener("abort", stopWaiting);
        channel?.close();
      }
    },
  };
}

/** Pages of another version, or the site's own scripts, may speak here too. */
function readShared(data: unknown, contactId: string | null): IdentityToken | null {
  const shared: Partial<Shared> = Object(data);
  try {
    return shared.contactId === contactId ? readIdentity(shared.identity) : null;
  } catch {
    return null;
  }
}
