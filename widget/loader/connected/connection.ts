/**
 * The part of the host page that talks to the frame: its own file, loaded when there is somebody to sign in or the first
 * time the messenger is opened. A visitor who never opens it pays for the launcher alone.
 */

import { createAuth, type LoginSource } from "../../auth/auth.ts";
import type { AuthProvider } from "../../auth/auth-provider.ts";
import type { FrameMessage, HostSettings, LoginResult } from "../../bridge/messages.ts";
import type { Events } from "../events.ts";
import type { View } from "../view.ts";
import { createBadge } from "./badge.ts";
import css from "./connected.css?inline";
import { createFrameLink } from "./frame-link.ts";
import { createPanel } from "./panel.ts";

export interface ConnectionOptions {
  /** The companion's. */
  readonly origin: string;
  readonly deploymentId: string;
  readonly settings: HostSettings;
  /** The host page's variables as they are now. */
  readonly variables: () => unknown;
  readonly provider: () => AuthProvider | null;
  readonly events: Events;
  readonly view: View;
  /** Asked for by the frame, or because there is none. */
  readonly close: () => void;
  /** Ends everything; its reason, a `MessengerError`, is what pending calls reject with. */
  readonly signal: AbortSignal;
}

export interface Connection {
  /** Signs in whoever the page's provider names, if anybody. */
  start(): void;
  login(source?: LoginSource): Promise<LoginResult>;
  logout(everywhere: boolean): Promise<void>;
  setOpen(open: boolean): void;
  update(settings: HostSettings): void;
  /** Whether the page can begin a sign-in may have changed. */
  signInChanged(): void;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { origin, deploymentId, variables, provider, events, view, close, signal } = options;
  let { settings } = options;
  let open = false;

  let toldCanSignIn = false;

  view.addStyle(css);
  const panel = createPanel(view, signal);
  const badge = createBadge(view.launcher);
  const link = createFrameLink({
    origin,
    deploymentId,
    place: panel.place,
    onConnect: () => {
      const { messages, ...who } = auth.resume();
      toldCanSignIn = canSignIn();
      link.post({ t: "start", settings, open, canSignIn: toldCanSignIn, ...who });
      messages.forEach(link.post);
    },
    onMessage: receive,
    onFailure: (error) => {
      events.fail("error", error);
      auth.fail(error);
      close();
    },
  });
  const auth = createAuth({
    provider,
    variables,
    post: link.post,
    needFrame: link.need,
    onError: (error) => events.fail("authError", error),
  });
  const canSignIn = (): boolean => !!provider()?.signIn || events.has("signInRequested");

  badge.setText(settings.strings.unread);
  addEventListener("pageshow", ({ persisted }) => persisted && auth.recheck(), { signal });
  signal.addEventListener("abort", () => {
    auth.stop(signal.reason);
    link.close();
  });

  function receive(message: FrameMessage): void {
    switch (message.t) {
      case "ready":
        view.deployed(message.appearance);
        return;
      case "result":
        auth.answered(message);
        return;
      case "tokenWanted":
        auth.renew(message.ask, message.reason);
        return;
      case "closeRequested":
        close();
        return;
      case "authError":
      case "error":
        events.fail(message.t, message.error);
        return;
      case "signInRequested":
        auth.signInRequested();
        break;
      case "unread":
        badge.setCount(message.count);
        break;
      case "authenticated":
        auth.authenticated();
        break;
      case "loggedOut":
        auth.ended(message.reason);
        badge.setCount(0);
    }
    const { t, ...detail } = message;
    events.emit(t, detail as never);
  }

  return {
    start: auth.start,
    login: auth.login,
    logout: auth.logout,
    setOpen: (next) => {
      open = next;
      if (open) link.need();
      panel.setOpen(open);
      link.post({ t: "panel", open });
    },
    update: (next) => {
      settings = next;
      badge.setText(settings.strings.unread);
      link.post({ t: "settings", settings });
    },
    signInChanged: () => {
      if (toldCanSignIn === canSignIn()) return;
      toldCanSignIn = !toldCanSignIn;
      link.post({ t: "canSignIn", canSignIn: toldCanSignIn });
    },
  };
}
