/** One messenger on the page, from `boot()` to `destroy()`: the launcher at once, the connection to the frame when needed. */

import type { AuthProvider } from "../auth/auth-provider.ts";
import type { HostSettings } from "../bridge/messages.ts";
import { MessengerError } from "../bridge/messenger-error.ts";
import type { MessengerApi, MessengerSettings } from "./api.ts";
import type { Connection, ConnectionOptions } from "./connected/connection.ts";
import type { Events } from "./events.ts";
import { createView } from "./view.ts";

/** Loads the other file of the loader. */
export type LoadConnection = () => Promise<{
  createConnection(options: ConnectionOptions): Connection;
}>;

export interface MessengerOptions {
  /** The companion's. */
  readonly origin: string;
  readonly settings: MessengerSettings;
  /** The host page's variables as they are now. */
  readonly variables: () => unknown;
  readonly provider: () => AuthProvider | null;
  readonly events: Events;
  readonly loadConnection: LoadConnection;
}

export interface Messenger extends Pick<MessengerApi, "login" | "logout" | "update"> {
  /** @param open the other way round where it is left out */
  setOpen(open?: boolean): void;
  /** The launcher only. */
  setShown(shown: boolean): void;
  /** A plug-in was registered. */
  providerChanged(): void;
  /** Whether the page can begin a sign-in may have changed. */
  signInChanged(): void;
  destroy(): void;
}

export function createMessenger(options: MessengerOptions): Messenger {
  const { origin, variables, provider, events, loadConnection } = options;
  const { deploymentId, appearance = {}, strings = {} } = options.settings;
  let settings: HostSettings = { appearance, strings };
  let open = false;
  let connection: Promise<Connection> | null = null;
  const life = new AbortController();
  const { signal } = life;
  const view = createView(
    () => events.emit("ready", undefined),
    () => setOpen(),
  );

  async function connect(): Promise<Connection> {
    try {
      const { createConnection } = await loadConnection();
      signal.throwIfAborted();
      const close = (): void => setOpen(false);
      return createConnection({
        origin,
        deploymentId,
        settings,
        variables,
        provider,
        events,
        view,
        close,
        signal,
      });
    } catch (cause) {
      signal.throwIfAborted();
      connection = null;
      const error = new MessengerError(
        "network",
        `A file of the messenger did not load: ${cause}`,
        true,
        cause,
      );
      events.fail("error", error);
      setOpen(false);
      throw error;
    }
  }

  const connected = (): Promise<Connection> => (connection ??= connect());

  /** To the connection, if there is one. */
  const tell = (use: (connection: Connection) => void): void => {
    connection?.then(use, () => {});
  };

  /** Only for somebody to sign in: for a visitor nothing is loaded before the first click. */
  function wake(): void {
    const { contactJwt, platformJwt } = Object(variables());
    if (!signal.aborted && (contactJwt || platformJwt || provider()?.getToken)) {
      connected();
      tell(({ start }) => start());
    }
  }

  function setOpen(next = !open): void {
    if (next === open) return;
    open = next;
    view.setOpen(open);
    if (open) connected();
    tell((connection) => connection.setOpen(next));
    events.emit(open ? "opened" : "closed", undefined);
  }

  view.apply(settings);
  // After the page's own work, and after the calls it has queued: a plug-in among them is asked, a login goes before.
  (window.requestIdleCallback ?? setTimeout)(wake);

  return {
    login: async (input) => (await connected()).login(input),
    logout: async (input) => (await connected()).logout(input?.everywhere === true),
    setOpen,
    setShown: (shown) => {
      view.launcher.hidden = !shown;
    },
    update: ({ appearance, strings }) => {
      settings = {
        appearance: { ...settings.appearance, ...appearance },
        strings: { ...settings.strings, ...strings },
      };
      view.apply(settings);
      tell((connection) => connection.update(settings));
    },
    providerChanged: wake,
    signInChanged: () => tell(({ signInChanged }) => signInChanged()),
    destroy: () => {
      life.abort(new MessengerError("destroyed", "The messenger was taken away by Messenger.destroy()."));
      view.remove();
    },
  };
}
