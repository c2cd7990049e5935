/** The public surface on the host page: `docs/host-api.md`. */

import type { ErrorCode } from "../../shared/problems.ts";
import type { Appearance, Timestamp } from "../../shared/protocol.ts";
import type { AuthProvider, LoginSource, LogoutOptions } from "../auth/auth-provider.ts";
import type { AuthenticatedContact, LoginResult, LogoutReason } from "../bridge/messages.ts";

/** `window.messengerSettings`, and the argument of `Messenger.boot()`. */
export interface MessengerSettings {
  readonly deploymentId: string;
  /** At most one of the two is filled; both empty: a visitor. */
  readonly contactJwt?: string;
  readonly platformJwt?: string;
  readonly appearance?: Partial<Appearance>;
  /** Overrides of single texts, by key of the catalogue. */
  readonly strings?: Readonly<Record<string, string>>;
  /** The browser is used by several people: nothing is stored, and the session ends when the page is left. */
  readonly sharedDevice?: boolean;
}

export interface MessengerEvents {
  readonly ready: undefined;
  readonly opened: undefined;
  readonly closed: undefined;
  readonly unread: { readonly count: number };
  readonly messageReceived: { readonly id: string; readonly seq: number };
  readonly authenticating: undefined;
  readonly authenticated: { readonly contact: AuthenticatedContact };
  readonly tokenExpiring: { readonly expiresAt: Timestamp };
  readonly tokenExpired: undefined;
  readonly signInRequested: undefined;
  readonly loggedOut: { readonly reason: LogoutReason };
  readonly authError: { readonly code: ErrorCode; readonly message: string };
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

export interface MessengerApi {
  /** Nothing passed: the AuthProvider is asked. Same identity: renews the session; another: ends the old one first. Rejects with `MessengerError`. */
  login(input?: LoginSource): Promise<LoginResult>;
  /** Resolves once the server revoked the session; offline once local data is wiped. Idempotent. */
  logout(options?: LogoutOptions): Promise<void>;
  open(): void;
  close(): void;
  toggle(): void;
  show(): void;
  hide(): void;
  update(settings: Pick<MessengerSettings, "appearance" | "strings">): void;
  /** `ready` and the present authentication state are replayed to late subscribers. @returns unsubscribe */
  on<Name extends keyof MessengerEvents>(
    event: Name,
    handler: (detail: MessengerEvents[Name]) => void,
  ): () => void;
  registerPlugin(name: "AuthProvider", provider: AuthProvider): void;
  boot(settings?: MessengerSettings): void;
  destroy(): void;
}
