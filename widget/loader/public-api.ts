/** `window.Messenger`: one surface over whichever messenger stands, or none. */

import type { AuthProvider } from "../auth/auth-provider.ts";
import { MessengerError } from "../bridge/messenger-error.ts";
import type { MessengerApi } from "./api.ts";
import { createEvents } from "./events.ts";
import { createMessenger, type LoadConnection, type Messenger } from "./messenger.ts";
import { readSettings } from "./settings.ts";

/**
 * @param origin the companion's
 * @param variables reads `window.messengerSettings` as it is now
 */
export function createPublicApi(
  origin: string,
  variables: () => unknown,
  loadConnection: LoadConnection,
): MessengerApi {
  const events = createEvents();
  let messenger: Messenger | null = null;
  let provider: AuthProvider | null = null;

  function standing(): Messenger {
    if (messenger) return messenger;
    throw new MessengerError("destroyed", "There is no messenger on the page. Call Messenger.boot() first.");
  }

  return {
    login: async (input) => standing().login(input),
    logout: async (options) => standing().logout(options),
    open: () => messenger?.setOpen(true),
    close: () => messenger?.setOpen(false),
    toggle: () => messenger?.setOpen(),
    show: () => messenger?.setShown(true),
    hide: () => messenger?.setShown(false),
    update: (settings) => messenger?.update(settings),
    on: (event, handler) => {
      const unsubscribe = events.on(event, handler);
      messenger?.signInChanged();
      return () => {
        unsubscribe();
        messenger?.signInChanged();
      };
    },
    registerPlugin: (name, plugin) => {
      if (name !== "AuthProvider")
        throw new MessengerError("request_invalid", `There is no plug-in “${name}”, only “AuthProvider”.`);
      provider = plugin;
      messenger?.signInChanged();
      messenger?.providerChanged();
    },
    boot: (settings) => {
      if (messenger) return;
      const current = settings ? () => settings : variables;
      try {
        messenger = createMessenger({
          origin,
          settings: readSettings(current()),
          variables: current,
          provider: () => provider,
          events,
          loadConnection,
        });
      } catch (error) {
        events.fail("error", error as MessengerError);
      }
    },
    destroy: () => {
      messenger?.destroy();
      messenger = null;
      events.clear();
    },
  };
}
