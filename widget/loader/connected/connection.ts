/**
 * The part of the host page that talks to the frame: its own file, loaded when there is somebody to sign in or the first
 * time the messenger is opened. A visitor who never opens it pays for the launcher alone.
 */

import { createAuth } from "../../auth/auth.ts";
import type { AuthProvider, LoginSource, LogoutOptions } from "../../auth/auth-provider.ts";
import type { PageQuestionsOptions } from "../../auth/questions/page-questions.ts";
import type { Questions } from "../../auth/questions/questions.ts";
import { createHostBridge } from "../../bridge/host-bridge.ts";
import type { FrameMessage, HostMessage, LoginResult } from "../../bridge/messages.ts";
import type { MessengerError } from "../../bridge/messenger-error.ts";
import type { MessengerSettings } from "../api.ts";
import type { Events } from "../events.ts";
import type { View } from "../view.ts";
import { createBadge } from "./badge.ts";
import css from "./connected.css?inline";
import { followViewport, moveFocus } from "./panel.ts";

/** Loads the third file of the loader. Rejects with a `MessengerError`. */
export type LoadQuestions = () => Promise<{
  createPageQuestions(options: PageQuestionsOptions): Questions;
}>;

export interface ConnectionOptions {
  /** The companion's. */
  readonly origin: string;
  readonly deploymentId: string;
  /** The host page's variables as they are now. */
  readonly variables: () => unknown;
  readonly provider: () => AuthProvider | null;
  readonly loadQuestions: LoadQuestions;
  readonly events: Events;
  readonly view: View;
  /** Asked for by the frame, or because there is none. */
  readonly close: () => void;
  /** Ends everything; its reason, a `MessengerError`, is what pending calls reject with. */
  readonly signal: AbortSignal;
}

export interface Connection {
  /** Signs in whoever the page's provider names, if anybody. @returns why nobody is */
  start(): Promise<MessengerError | undefined>;
  login(source?: LoginSource): Promise<LoginResult>;
  logout(options?: LogoutOptions): Promise<void>;
  /** Tells the frame what has changed: open or not, looks and texts, whether the page can begin a sign-in. */
  sync(): void;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { provider, variables, events, view, close, signal } = options;
  const showUnread = createBadge(view);
  const bridge = createHostBridge({ ...options, root: view.root }, greet, receive, (error) => {
    events.fail("error", error);
    auth.fail(error);
    close();
  });
  const auth = createAuth({
    ...options,
    ...bridge,
    loadQuestions: async () => (await options.loadQuestions()).createPageQuestions(options),
    onError: (error) => events.fail("authError", error),
  });
  const now = () => ({
    settings: view.looks().settings,
    open: view.looks().open,
    canSignIn: !!provider()?.signIn || events.has("signInRequested"),
  });
  /** What the frame knows of the page. */
  let told = { ...now(), open: false };

  function greet(): readonly HostMessage[] {
    const { identity, messages } = auth.resume();
    told = now();
    const { sharedDevice }: Partial<MessengerSettings> = Object(variables());
    return [{ t: "start", ...told, identity, sharedDevice: !!sharedDevice, request: 0 }, ...messages];
  }

  function sync(): void {
    const before = told;
    told = now();
    const { settings, open, canSignIn } = told;
    if (open !== before.open) {
      if (open) bridge.need();
      moveFocus(view, open);
      bridge.post({ t: "panel", open });
    }
    if (settings !== before.settings) {
      showUnread();
      bridge.post({ t: "settings", settings });
    }
    if (canSignIn !== before.canSignIn) bridge.post({ t: "canSignIn", canSignIn });
  }

  function receive(heard: FrameMessage): void {
    const message = auth.hear(heard);
    if (!message) return;
    switch (message.t) {
      case "result":
      case "tokenWanted":
        return;
      case "ready":
        view.show({ deployed: message.appearance });
        return;
      case "closeRequested":
        close();
        return;
      case "authError":
      case "error":
        events.fail(message.t, message.error);
        return;
      case "unread":
        showUnread(message.count);
        break;
      case "loggedOut":
        showUnread(0);
    }
    const { t, ...detail } = message;
    events.emit(t, detail as never);
  }

  view.addStyle(css);
  followViewport(view, signal);
  addEventListener("pageshow", ({ persisted }) => persisted && auth.recheck(), { signal });
  signal.addEventListener("abort", () => auth.stop(signal.reason));

  return { ...auth, sync };
}
