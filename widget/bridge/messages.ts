/**
 * What passes between the host page (loader) and the frame (engine), over a MessagePort that is handed over in one
 * window message. The host sends that message to the companion's exact origin once the frame has loaded; the frame takes
 * it from `window.parent` only, once, and only from an origin that may embed the deployment. Nothing is ever posted to `*`.
 */

import type { ErrorCode } from "../../shared/problems.ts";
import type { Appearance, Timestamp } from "../../shared/protocol.ts";
import type { AuthorizationCode, IdentityToken, PageIdToken, TokenReason } from "../auth/auth-provider.ts";

/** The one window message; it carries the port. Bump the version with every incompatible change of the types below. */
export interface Connect {
  readonly vouch: "connect";
  readonly version: 1;
}

export interface HostSettings {
  readonly appearance: Partial<Appearance>;
  /** Overrides of single texts, by key of the catalogue. */
  readonly strings: Readonly<Record<string, string>>;
}

/** What a page can vouch for its customer with. */
export type PageIdentity = IdentityToken | AuthorizationCode | PageIdToken;

/** What the page says of who is here. `null`: a visitor. */
export type AssertedIdentity = PageIdentity | null;

export interface BridgeError {
  readonly code: ErrorCode;
  /** Cause and fix, for the developer. */
  readonly message: string;
  readonly retryable: boolean;
}

export interface AuthenticatedContact {
  readonly id: string;
  readonly platformKey: string;
  readonly name: string | null;
}

export interface LoginResult {
  readonly contact: AuthenticatedContact;
  readonly sessionExpiresAt: Timestamp;
}

/** Of a logout with `atProvider`: where the page goes to end the session at the OpenID provider. */
export interface LogoutResult {
  readonly endSessionUrl: string;
}

/** Requests of the host carry a `request` number; the frame answers each at most once with `result`. */
export type HostMessage =
  /** Always first, once for each connection: how to look and who is here. */
  | {
      readonly t: "start";
      readonly settings: HostSettings;
      readonly identity: AssertedIdentity;
      readonly request: number;
      readonly open: boolean;
      readonly canSignIn: boolean;
      /** `messengerSettings.sharedDevice`: nothing is stored, and everything ends when the page is left. */
      readonly sharedDevice: boolean;
    }
  /** `Messenger.login()`: the page asserts this identity now. */
  | { readonly t: "login"; readonly identity: PageIdentity; readonly request: number }
  | {
      readonly t: "logout";
      readonly everywhere: boolean;
      /** End the session at the OpenID provider too; what the browser has to do for that stands in the answer. */
      readonly atProvider: boolean;
      readonly request: number;
    }
  | { readonly t: "panel"; readonly open: boolean }
  | { readonly t: "settings"; readonly settings: HostSettings }
  /** Whether the page can begin a sign-in: a provider with `signIn`, or a listener of `signInRequested`. */
  | { readonly t: "canSignIn"; readonly canSignIn: boolean }
  /** Answer to `tokenWanted` of the same number; null where the page has none, for a reason that it has been told. */
  | { readonly t: "token"; readonly ask: number; readonly identity: AssertedIdentity };

export type FrameMessage =
  /** First, in answer to `start`: how the launcher should look. */
  | { readonly t: "ready"; readonly appearance: Appearance }
  /** Answer to `login` (the contact) or `logout` (an address, or null); a login that another call overtook gets none. */
  | {
      readonly t: "result";
      readonly request: number;
      readonly ok: true;
      readonly value: LoginResult | LogoutResult | null;
    }
  | { readonly t: "result"; readonly request: number; readonly ok: false; readonly error: BridgeError }
  /** The session needs a fresh token of the same identity. */
  | { readonly t: "tokenWanted"; readonly ask: number; readonly reason: TokenReason }
  /** The customer pressed “close” or Escape: the host hides the panel and takes the focus back. */
  | { readonly t: "closeRequested" }
  | { readonly t: "signInRequested" }
  | { readonly t: "unread"; readonly count: number }
  | { readonly t: "messageReceived"; readonly id: string; readonly seq: number }
  | { readonly t: "authenticating" }
  | { readonly t: "authenticated"; readonly contact: AuthenticatedContact }
  | { readonly t: "tokenExpiring"; readonly expiresAt: Timestamp }
  | { readonly t: "tokenExpired" }
  | { readonly t: "loggedOut"; readonly reason: LogoutReason }
  | { readonly t: "authError"; readonly error: BridgeError }
  | { readonly t: "error"; readonly error: BridgeError };

/** `logout`: asked for on this page; `elsewhere`: in another tab or on another device; `switch`: another identity follows. */
export type LogoutReason = "logout" | "elsewhere" | "switch" | "expired";
