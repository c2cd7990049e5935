/**
 * The messenger without an interface, for Node, React Native and native wrappers: the same session, transport, outbox and
 * conversation as in the frame. `docs/headless.md` tells how to use it.
 */

import { effect } from "@preact/signals-core";
import type { Attachment, DeploymentInfo } from "../../shared/protocol.ts";
import { type Auth, createAuth } from "../auth/auth.ts";
import type { AuthProvider, LoginSource, LogoutOptions } from "../auth/auth-provider.ts";
import { createQuestions } from "../auth/questions/questions.ts";
import { createTabs } from "../auth/questions/tabs.ts";
import type { FrameMessage, HostMessage, LoginResult } from "../bridge/messages.ts";
import { type MessengerError, messengerError } from "../bridge/messenger-error.ts";
import { createEngine } from "../messenger/engine.ts";
import type { MessengerModel, SessionPhase, Thread } from "../messenger/model/messenger-model.ts";
import type { ConnectionState } from "../messenger/transport/connection.ts";
import type { HeadlessStorage } from "./storage.ts";
import { headlessSurroundings } from "./surroundings.ts";

export type { LoginSource, LogoutOptions } from "../auth/auth-provider.ts";
export type { FrameMessage, LoginResult } from "../bridge/messages.ts";
export type { MessengerError } from "../bridge/messenger-error.ts";
export type { Entry, SessionPhase, Thread } from "../messenger/model/messenger-model.ts";
export { type HeadlessStorage, memoryStorage } from "./storage.ts";

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
  /** What is being written: agents see that somebody is at it. */
  setDraft(text: string): void;
  /** Sends a message that failed again. */
  retry(id: string): void;
  /** Takes a message that failed out of the outbox. */
  discard(id: string): void;
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

/** @throws MessengerError `network`, or what the companion says of the deployment */
export async function createHeadlessClient(options: HeadlessOptions): Promise<HeadlessClient> {
  const life = await headlessSurroundings(options);
  const { surroundings } = life;
  const deployment = await readDeployment(options, surroundings.fetch);
  const listeners = new Map<string, Set<(event: never) => void>>();
  let toEngine: (message: HostMessage) => void = () => {};

  const auth: Auth = createAuth({
    provider: () => options.authProvider ?? null,
    variables: () => ({}),
    loadQuestions: async () =>
      createQuestions({
        provider: () => options.authProvider ?? null,
        variables: () => ({}),
        // There is one client, and nobody to wait for.
        tabs: createTabs("", { take: (_name, _signal, work) => work(false) }, () => null),
        pageAgeMs: () => performance.now(),
        navigate: () => {},
      }),
    post: (message) => toEngine(message),
    need: () => {},
    onError: (error) => emit({ t: "authError", error }),
  });

  function emit(event: HeadlessEvent): void {
    for (const listener of listeners.get(event.t) ?? []) listener(event as never);
  }

  const { model, acted, woken, tell } = createEngine(surroundings, deployment, {
    post(message) {
      const heard = auth.hear(message);
      if (heard) emit(heard as HeadlessEvent);
    },
    listen(handler) {
      toEngine = handler;
    },
  });
  const { identity } = auth.resume();
  toEngine({
    t: "start",
    settings: { appearance: {}, strings: {} },
    identity,
    request: 0,
    open: false,
    canSignIn: false,
    sharedDevice: false,
  });

  /** What a customer does keeps the session alive, and renews it where it has expired. */
  const byCustomer =
    <Arguments extends readonly unknown[], Result>(act: (...given: Arguments) => Result) =>
    (...given: Arguments): Result => {
      acted();
      return act(...given);
    };

  /** Somebody is here, and sees what comes. */
  const attend = (): void => toEngine({ t: "panel", open: true });

  return {
    deployment,
    async login(source) {
      const result = await auth.login(source);
      attend();
      return result;
    },
    logout: (logoutOptions) => auth.logout({ everywhere: logoutOptions?.everywhere ?? false }),
    visit: attend,
    state: () => stateOf(model),
    subscribe: (listener) => effect(() => listener(stateOf(model))),
    on(name, listener) {
      const known = listeners.get(name) ?? new Set();
      listeners.set(name, known.add(listener));
      return () => void known.delete(listener);
    },
    send: byCustomer(model.send),
    setDraft: byCustomer(model.setDraft),
    retry: byCustomer(model.retry),
    discard: byCustomer((id: string) => void model.discard(id)),
    markRead: byCustomer(model.markRead),
    loadOlder: byCustomer(model.loadOlder),
    setActive(isActive) {
      life.setActive(isActive);
      if (isActive) woken();
      else tell("rest");
    },
    networkChanged: (isOnline) => (isOnline ? woken() : tell("offline")),
    close() {
      auth.stop(messengerError("destroyed", "The client was closed."));
      tell("rest");
      life.end();
    },
  };
}

const stateOf = (model: MessengerModel): HeadlessState => ({
  session: model.session.value,
  connection: model.link.value.kind,
  thread: model.thread.value,
  unread: model.unread.value,
  typing: model.typing.value,
});

async function readDeployment(
  { deploymentId }: HeadlessOptions,
  fetch: (path: string, init: RequestInit) => Promise<Response>,
): Promise<DeploymentInfo> {
  const response = await fetch(`/api/v1/deployments/${encodeURIComponent(deploymentId)}`, {}).catch(
    unreachable,
  );
  const body = await response.json().catch(unreachable);
  if (response.ok) return body;
  if (typeof body?.code !== "string") return unreachable(body);
  throw messengerError(body.code, `${body.detail} ${body.fix}`, response.status >= 500);
}

function unreachable(cause: unknown): never {
  throw messengerError("network", "The companion does not answer.", true, cause) satisfies MessengerError;
}
