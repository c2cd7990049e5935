/** `window.Messenger`: one surface over whichever messenger stands, or none. */

import type { AuthProvider } from "../auth/auth-provider.ts";
import { messengerError } from "../bridge/messenger-error.ts";
import type { MessengerApi } from "./api.ts";
import type { Connection } from "./connected/connection.ts";
import { createEvents } from "./events.ts";
import { createMessenger, type Files, gone, type Messenger } from "./messenger.ts";

/**
 * @param origin the companion's
 * @param pageVariables reads `window.messengerSettings` as it is now
 */
export function createPublicApi(origin: string, pageVariables: () => unknown, files: Files): MessengerApi {
  const events = createEvents();
  let messenger: Messenger | null = null;
  let plugin: AuthProvider | null = null;

  async function connected(): Promise<Connection> {
    if (messenger) return messenger.connected();
    throw gone();
  }

  return {
    login: async (input) => (await connected()).login(input),
    logout: async (options) => (await connected()).logout(options),
    open: () => messenger?.setOpen(true),
    close: () => messenger?.setOpen(false),
    toggle: () => messenger?.setOpen(),
    show: () => messenger?.setShown(true),
    hide: () => messenger?.setShown(false),
    update: (settings) => messenger?.update(settings),
    on: (event, handler) => {
      const unsubscribe = events.on(event, handler);
      messenger?.sync();
      return () => {
        unsubscribe();
        messenger?.sync();
      };
    },
    registerPlugin: (name, provider) => {
      if (name !== "AuthProvider")
        throw messengerError("request_invalid", `There is no plug-in ${name}, only AuthProvider.`);
      plugin = provider;
      messenger?.wake();
    },
    boot: (settings) => {
      if (messenger) return;
      const variables = settings ? () => settings : pageVariables;
      if (Object(variables()).deploymentId)
        messenger = createMessenger({ origin, variables, provider: () => plugin, events, ...files });
      else
        events.fail("error", {
          code: "request_invalid",
          message: "deploymentId is missing. Paste the whole snippet.",
        });
    },
    destroy: () => {
      messenger?.destroy();
      messenger = null;
      events.clear();
    },
  };
}
