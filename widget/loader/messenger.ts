/** One messenger on the page, from `boot()` to `destroy()`: the launcher at once, the connection to the frame when needed. */

import type { AuthProvider } from "../auth/auth-provider.ts";
import { type MessengerError, messengerError } from "../bridge/messenger-error.ts";
import type { MessengerApi, MessengerSettings } from "./api.ts";
import type { Connection, ConnectionOptions, LoadQuestions } from "./connected/connection.ts";
import type { Events } from "./events.ts";
import { createView } from "./view.ts";

/** The other files of the loader. Each rejects with a `MessengerError` where it can't be loaded. */
export interface Files {
  loadConnection(): Promise<{ createConnection(options: ConnectionOptions): Connection }>;
  readonly loadQuestions: LoadQuestions;
}

export interface MessengerOptions extends Files {
  /** The companion's. */
  readonly origin: string;
  /** The host page's variables as they are now; they have a `deploymentId`. */
  readonly variables: () => unknown;
  readonly provider: () => AuthProvider | null;
  readonly events: Events;
}

export interface Messenger extends Pick<MessengerApi, "update"> {
  /** Brings the connection about where there is none. Rejects with a `MessengerError`. */
  connected(): Promise<Connection>;
  /** @param open the other way round where it is left out */
  setOpen(open?: boolean): void;
  /** The launcher only. */
  setShown(shown: boolean): void;
  /** A plug-in may be there, or somebody to sign in. For a visitor nothing is loaded before the first click. */
  wake(): void;
  /** Tells the frame, if there is one, what may have changed. */
  sync(): void;
  destroy(): void;
}

export function createMessenger(options: MessengerOptions): Messenger {
  const { variables, provider, events, loadConnection } = options;
  const read = (): MessengerSettings => Object(variables());
  const { deploymentId, appearance = {}, strings = {} } = read();
  let connection: Promise<Connection> | null = null;
  /** Whom the page names could not be found out: who opens the messenger next must not be taken for a visitor. */
  let isUnsaid = false;
  const life = new AbortController();
  const { signal } = life;
  const view = createView(
    { appearance, strings },
    () => events.emit("ready", undefined),
    () => setOpen(),
  );

  async function connect(): Promise<Connection> {
    try {
      const { createConnection } = await loadConnection();
      signal.throwIfAborted();
      return createConnection({ ...options, deploymentId, view, close: () => setOpen(false), signal });
    } catch (error) {
      signal.throwIfAborted();
      connection = null;
      events.fail("error", error as MessengerError);
      setOpen(false);
      throw error;
    }
  }

  const connected = (): Promise<Connection> => (connection ??= connect());

  async function tell(what: "start" | "sync"): Promise<void> {
    // It has been reported.
    const error = await connection?.then(
      async (connection) => (await connection[what]()) ?? null,
      (error: MessengerError) => error,
    );
    if (error) isUnsaid = error.retryable;
  }

  function wake(): void {
    isUnsaid = false;
    const { contactJwt, platformJwt } = read();
    const plugin = provider();
    if (!signal.aborted && (contactJwt || platformJwt || plugin?.getToken || plugin?.getAuthCode)) {
      connected();
      tell("start");
    }
    tell("sync");
  }

  function setOpen(open = !view.looks().open): void {
    if (open === view.looks().open) return;
    view.show({ open });
    if (open) connected();
    if (open && isUnsaid) wake();
    tell("sync");
    events.emit(open ? "opened" : "closed", undefined);
  }

  // After the page's own work, and after the calls it has queued: a plug-in among them is asked, a login goes before.
  (window.requestIdleCallback ?? setTimeout)(wake);

  return {
    connected,
    setOpen,
    setShown: (shown) => {
      view.launcher.hidden = !shown;
    },
    update: ({ appearance, strings }) => {
      const { settings } = view.looks();
      view.show({
        settings: {
          appearance: { ...settings.appearance, ...appearance },
          strings: { ...settings.strings, ...strings },
        },
      });
      tell("sync");
    },
    wake,
    sync: () => tell("sync"),
    destroy: () => {
      life.abort(gone());
      view.remove();
    },
  };
}

export const gone = (): MessengerError =>
  messengerError("destroyed", "There is no messenger. Call Messenger.boot().");
