/**
 * The messenger without an interface, for Node, React Native and native wrappers: the same session, transport, outbox and
 * conversation as in the frame. `docs/headless.md` tells how to use it.
 */

import { effect } from "@preact/signals-core";
import type { DeploymentInfo } from "../../shared/protocol.ts";
import { type Auth, createAuth } from "../auth/auth.ts";
import { createQuestions } from "../auth/questions/questions.ts";
import { createTabs } from "../auth/questions/tabs.ts";
import type { HostMessage } from "../bridge/messages.ts";
import { type MessengerError, messengerError } from "../bridge/messenger-error.ts";
import { createEngine } from "../messenger/engine.ts";
import type { MessengerModel } from "../messenger/model/messenger-model.ts";
import type { HeadlessClient, HeadlessEvent, HeadlessOptions, HeadlessState } from "./client.ts";
import { headlessSurroundings } from "./surroundings.ts";
import { createHeadlessUploads } from "./uploads.ts";

export type { Attachment } from "../../shared/protocol.ts";
export type { LoginSource, LogoutOptions } from "../auth/auth-provider.ts";
export type { FrameMessage, LoginResult } from "../bridge/messages.ts";
export type { MessengerError } from "../bridge/messenger-error.ts";
export type { Entry, SessionPhase, Thread } from "../messenger/model/messenger-model.ts";
export type * from "./client.ts";
export type { HeadlessFile } from "./file.ts";
export { type HeadlessStorage, memoryStorage } from "./storage.ts";

/**
 * @throws MessengerError `network`, or what the companion says of the deployment. TypeError where the platform has no
 *   randomness to make ids of, and none was handed in
 */
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

  const uploads = createHeadlessUploads(options, surroundings, model);

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
    upload: byCustomer(uploads.upload),
    retry: byCustomer(model.retry),
    edit: byCustomer((id, text, attachments) => {
      const hasFailed = model.discard(id);
      if (hasFailed) model.send(text, attachments);
      return hasFailed;
    }),
    discard: byCustomer(model.discard),
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
      uploads.end();
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
