/** The messenger without its interface: wires session, transport, outbox and model together, and speaks with the host. */

import { batch, computed, effect, signal } from "@preact/signals";
import type { DeploymentInfo, MessagePage, ServerFrame } from "../../shared/protocol.ts";
import type { FrameMessage, HostMessage, HostSettings } from "../bridge/messages.ts";
import type { Bridge } from "../bridge/port.ts";
import { type Conversation, createConversation } from "./model/conversation.ts";
import type { MessengerModel, Thread } from "./model/messenger-model.ts";
import { createMemoryStorage } from "./outbox/storage.ts";
import { createKeeper } from "./session/keeper.ts";
import { isShown, sessionPhase } from "./session/phase.ts";
import { createRevocations } from "./session/revocations.ts";
import type { Session } from "./session/session-state.ts";
import { createVault } from "./session/vault.ts";
import type { Surroundings } from "./surroundings.ts";
import { createApi, type PageRequest } from "./transport/api.ts";
import { ApiError } from "./transport/api-error.ts";
import { createLink } from "./transport/link.ts";
import { linkState, stopFailure } from "./transport/link-state.ts";

export interface Engine {
  readonly model: MessengerModel;
  /** The customer touched the messenger. */
  acted(): void;
  /** The network is back, or the page can be seen again. */
  woken(): void;
  offline(): void;
}

const nothing: Thread = {
  entries: [],
  hasOlder: false,
  loadingOlder: false,
  lastSeq: 0,
  readSeq: 0,
  agent: { delivered: 0, read: 0 },
};

export function createEngine(
  surroundings: Surroundings,
  deployment: DeploymentInfo,
  host: Bridge<HostMessage, FrameMessage>,
): Engine {
  const settings = signal<HostSettings>({ appearance: {}, strings: {} });
  const panelOpen = signal(false);
  const canSignIn = signal(false);
  const signInRequired = deployment.signIn.required;
  const api = createApi(surroundings, deployment.id);
  const revocations = createRevocations(surroundings, api);
  const outboxes = createMemoryStorage();
  let session: Session | null = null;

  const link = createLink(surroundings, {
    credentials: () => ({
      token: session?.sessionToken ?? "",
      afterSeq: conversation.peek().position(),
    }),
    frame: receive,
    stopped(closeCode) {
      if (closeCode === 4401) keeper.dispatch({ t: "doubted" });
    },
  });

  const keeper = createKeeper({
    surroundings,
    api,
    revocations,
    vault: createVault(surroundings, deployment.id),
    sha256: surroundings.sha256,
    context: () => ({ signInRequired, visible: isVisible() }),
    post: host.post,
    adopt(opened) {
      session = opened;
      conversation.peek().bind(opened);
      link.start();
    },
    disconnect: link.stop,
    reconnect: link.again,
    tearDown() {
      session = null;
      link.stop();
      outboxes.clear();
      conversation.peek().dispose();
      conversation.value = newConversation();
    },
  });

  const conversation = signal(newConversation());
  const shown = computed(() => isShown(keeper.state.value));
  const seen = <T>(read: (conversation: Conversation) => T, otherwise: T) =>
    computed(() => (shown.value ? read(conversation.value) : otherwise));

  function newConversation(): Conversation {
    return createConversation({
      surroundings,
      storage: outboxes,
      send: link.send,
      read,
      received: ({ id, seq }) => host.post({ t: "messageReceived", id, seq }),
    });
  }

  async function read(page: PageRequest): Promise<MessagePage | null> {
    if (!session) return null;
    try {
      return await api.messages(session.sessionToken, page);
    } catch (error) {
      if (error instanceof ApiError && error.code.startsWith("session_")) keeper.dispatch({ t: "doubted" });
      return null;
    }
  }

  function receive(frame: ServerFrame): void {
    if (frame.t !== "session") conversation.peek().receive(frame);
    else keeper.dispatch({ t: frame.state, expiresAt: frame.expiresAt });
  }

  const isVisible = (): boolean => panelOpen.peek() && surroundings.visible();
  const acted = (): void => keeper.dispatch({ t: "acted" });

  /** What is done to a hidden conversation is done to nobody's. */
  const whileShown =
    <Arguments extends unknown[]>(act: (conversation: Conversation, ...rest: Arguments) => void) =>
    (...rest: Arguments): void => {
      if (shown.peek()) batch(() => act(conversation.peek(), ...rest));
    };

  function heard(message: HostMessage): void {
    switch (message.t) {
      case "start":
        settings.value = message.settings;
        canSignIn.value = message.canSignIn;
        host.post({ t: "ready", appearance: { ...deployment.appearance, ...message.settings.appearance } });
        keeper.dispatch(message);
        setPanel(message.open);
        break;
      case "panel":
        setPanel(message.open);
        break;
      case "settings":
        settings.value = message.settings;
        break;
      case "canSignIn":
        canSignIn.value = message.canSignIn;
        break;
      default:
        keeper.dispatch(message);
    }
  }

  function setPanel(open: boolean): void {
    panelOpen.value = open;
    if (open) keeper.dispatch({ t: "wanted" });
  }

  const model: MessengerModel = {
    deployment,
    settings,
    panelOpen,
    session: computed(
      () =>
        stopFailure(link.state.value) ??
        sessionPhase(keeper.state.value, { signInRequired, canSignIn: canSignIn.value }),
    ),
    link: computed(() => linkState(link.state.value)),
    thread: seen(({ thread }) => thread.value, nothing),
    unread: seen(({ unread }) => unread.value, 0),
    typing: seen(({ typing }) => typing.value, []),
    draft: seen(({ draft }) => draft.value, ""),
    setDraft: whileShown(({ setDraft }, text: string) => {
      setDraft(text);
      acted();
    }),
    send: whileShown(({ send }, text: string) => {
      send(text);
      acted();
    }),
    retry: whileShown(({ retry }, id: string) => {
      retry(id);
      acted();
    }),
    discard: whileShown(({ discard }, id: string) => discard(id)),
    markRead: whileShown(({ markRead }, seq: number) => markRead(seq)),
    loadOlder: async () => {
      if (shown.peek()) await conversation.peek().loadOlder();
    },
    reconnect() {
      keeper.dispatch({ t: "retry" });
      link.wake();
      if (session && link.state.peek().kind === "stopped") link.start();
    },
    signIn: () => host.post({ t: "signInRequested" }),
    close: () => host.post({ t: "closeRequested" }),
  };

  let counted = 0;
  effect(() => {
    const count = model.unread.value;
    if (count === counted) return;
    counted = count;
    host.post({ t: "unread", count });
  });

  revocations.resume();
  host.listen((message) => batch(() => heard(message)));

  return {
    model,
    acted,
    woken() {
      revocations.resume();
      keeper.dispatch({ t: "retry" });
      link.wake();
      if (isVisible()) acted();
    },
    offline: link.offline,
  };
}
