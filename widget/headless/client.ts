/** What an application hands to the client, and what it can do with it. */

import type { Attachment, DeploymentInfo } from "../../shared/protocol.ts";
import type { AuthProvider, LoginSource, LogoutOptions } from "../auth/auth-provider.ts";
import type { FrameMessage, LoginResult } from "../bridge/messages.ts";
import type { SessionPhase, Thread } from "../messenger/model/messenger-model.ts";
import type { ConnectionState } from "../messenger/transport/connection.ts";
import type { HeadlessFile } from "./file.ts";
import type { HeadlessStorage } from "./storage.ts";

export interface HeadlessOptions {
  /** Origin of the companion, such as `https://chat.acme.example`. */
  readonly url: string;
  readonly deploymentId: string;
  /** Who is here, asked when a session begins, expires or is refused. Default: whoever `login` names. */
  readonly authProvider?: AuthProvider;
  /** Keeps a visitor's session and what waits to be sent. Default: memory. */
  readonly storage?: HeadlessStorage;
  /** Whether there is a network, as far as the device knows. Default: always. */
  readonly isOnline?: () => boolean;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
  /** Default: the platform's. */
  readonly WebSocket?: new (
    url: string,
  ) => WebSocket;
  /** Sends files, as it tells how far it has come. Default: the platform's; null, or where there is none: `fetch` sends them. */
  readonly XMLHttpRequest?: (new () => XMLHttpRequest) | null;
  /** A UUID that nobody can guess. Default: by `crypto.getRandomValues`, which React Native lacks. */
  readonly randomUUID?: () => string;
}

/** How things stand now. Each part is the same object as long as it has not changed. */
export interface HeadlessState {
  readonly session: SessionPhase;
  readonly connection: ConnectionState["kind"];
  /** Messages, then what waits to be sent. */
  readonly thread: Thread;
  readonly unread: number;
  /** Agents who are writing now; null is an agent without a name. */
  readonly typing: readonly (string | null)[];
}

/** By name: what `Messenger.on()` tells a page, without `ready` and what has to do with a panel. */
export type HeadlessEvent = Extract<
  FrameMessage,
  {
    t:
      | "unread"
      | "messageReceived"
      | "authenticating"
      | "authenticated"
      | "tokenExpiring"
      | "tokenExpired"
      | "loggedOut"
      | "authError"
      | "error";
  }
>;

export interface UploadOptions {
  /** How much has been sent, in [0, 1]; at 1 the server looks at it. */
  readonly onProgress?: (part: number) => void;
  /** Gives the upload up. */
  readonly signal?: AbortSignal;
}

export interface HeadlessClient {
  readonly deployment: DeploymentInfo;
  /** Another identity than before: the session of before is ended first. Rejects with a `MessengerError`. */
  login(source?: LoginSource): Promise<LoginResult>;
  /** Everything of the customer is wiped here, then the session is ended at the server. */
  logout(options?: Pick<LogoutOptions, "everywhere">): Promise<void>;
  /** Begins a visitor's session, where the deployment takes visitors and nobody is signed in. */
  visit(): void;
  state(): HeadlessState;
  /** Called now and after every change. @returns ends it */
  subscribe(listener: (state: HeadlessState) => void): () => void;
  /** @returns ends it */
  on<Name extends HeadlessEvent["t"]>(
    name: Name,
    listener: (event: Extract<HeadlessEvent, { t: Name }>) => void,
  ): () => void;
  /** Waits in the outbox until it is stored, whatever happens to the connection; it is sent once. */
  send(text: string, attachments?: readonly Attachment[]): void;
  /**
   * Takes a file to the server, to be sent with a message within a day. Rejects with a `MessengerError`, as with
   * `attachment_refused` or `too_large`; with `destroyed` where it was given up, or another identity came.
   */
  upload(file: HeadlessFile, options?: UploadOptions): Promise<Attachment>;
  /** What is being written: agents see that somebody is at it. */
  setDraft(text: string): void;
  /** Sends a message that failed again. */
  retry(id: string): void;
  /** Sends other words in the place of a message that failed, as a new message after all that waits. @returns whether it had failed */
  edit(id: string, text: string, attachments?: readonly Attachment[]): boolean;
  /** Takes a message that failed out of the outbox. @returns whether it had failed: what may still be sent stays */
  discard(id: string): boolean;
  /** The customer has seen everything up to `seq`. */
  markRead(seq: number): void;
  /** Reads the page before the oldest message. */
  loadOlder(): Promise<void>;
  /** The application came to the front, or went to the back. There it lets its connection go, and catches up afterwards. */
  setActive(isActive: boolean): void;
  /** The device has a network again, or none any more. */
  networkChanged(isOnline: boolean): void;
  /** Ends everything here; the session goes on at the server. */
  close(): void;
}
