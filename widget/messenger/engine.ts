/** The messenger without its interface: wires session, transport, outbox and model together, and speaks with the host. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import type { DeploymentInfo, MessagePage } from "../../shared/protocol.ts";
import type { Host } from "../bridge/frame-bridge.ts";
import type { HostMessage, HostSettings } from "../bridge/messages.ts";
import { type Conversation, createConversation } from "./model/conversation.ts";
import type { LinkState, MessengerModel, Thread } from "./model/messenger-model.ts";
import { createKeeper } from "./session/keeper.ts";
import { createRevocations } from "./session/revocations.ts";
import { isShown, type Session } from "./session/session-state.ts";
import { createVault } from "./session/vault.ts";
import type { Surroundings } from "./surroundings.ts";
import { createApi, isRefusal, type PageRequest } from "./transport/api.ts";
import type { ConnectionState } from "./transport/connection.ts";
import { createLink } from "./transport/link.ts";

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

export function createEngine(surroundings: Surroundings, deployment: DeploymentInfo, host: Host): Engine {
  const settings = signal<HostSettings>({ appearance: {}, strings: {} });
  const panelOpen = signal(false);
  const canSignIn = signal(false);
  const api = createApi(surroundings, deployment.id);
  const revocations = createRevocations(surroundings, api);
  let session: Session | null = null;

  const link = createLink(surroundings, {
    credentials: () => ({
      token: session?.sessionToken ?? "",
      afterSeq: conversation.peek().position(),
    }),
    frame(frame) {
      if (frame.t === "session") keeper.dispatch({ t: frame.state, expiresAt: frame.expiresAt });
      else conversation.peek().receive(frame);
    },
    stopped: sessionOver,
  });

  const keeper = createKeeper({
    surroundings,
    api,
    revocations,
    ...createVault(surroundings, deployment.id),
    context: () => ({ signInRequired: deployment.signIn.required, visible: isVisible() }),
    post: host.post,
    adopt(opened) {
      session = opened;
      conversation.peek().bind(opened.conversation);
      link.tell("start");
    },
    disconnect: () => link.tell("stop"),
    tearDown() {
      session = null;
      link.tell("stop");
      conversation.peek().dispose();
      conversation.value = newConversation();
    },
  });

  const conversation = signal(newConversation());
  /** What is done to a hidden conversation is done to nobody's. */
  const shown = computed(() => (isShown(keeper.state.value) ? conversation.value : null));

  function newConversation(): Conversation {
    return createConversation({
      surroundings,
      send: link.send,
      read,
      received: ({ id, seq }) => host.post({ t: "messageReceived", id, seq }),
    });
  }

  async function read(page: PageRequest): Promise<MessagePage | null> {
    const asked = session;
    const answer = asked && (await api.messages(asked.sessionToken, page));
    if (!answer || !isRefusal(answer)) return answer;
    if (answer.code.startsWith("session_") && asked === session) sessionOver(answer.code);
    return null;
  }

  /**
   * The server closed the connection for good, or knows the session no more. Whatever it was, the way back is the one of an
   * expired session, at whose first step the server says what is wrong.
   */
  function sessionOver(code: string): void {
    keeper.dispatch({ t: code === "session_revoked" ? "revoked" : "expired" });
  }

  function isVisible(): boolean {
    return panelOpen.peek() && surroundings.visible();
  }

  const acted = (): void => keeper.dispatch({ t: "acted" });

  function reconnect(): void {
    keeper.dispatch({ t: "retry" });
    link.tell("wake");
  }

  function heard(message: HostMessage): void {
    switch (message.t) {
      case "start":
        settings.value = readable(message.settings);
        canSignIn.value = message.canSignIn;
        host.post({ t: "ready", appearance: { ...deployment.appearance, ...settings.value.appearance } });
        keeper.dispatch(message);
        setPanel(message.open);
        break;
      case "panel":
        setPanel(message.open);
        break;
      case "settings":
        settings.value = readable(message.settings);
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
    session: computed(() => {
      const { phase } = keeper.state.value;
      return "canSignIn" in phase ? { ...phase, canSignIn: canSignIn.value } : phase;
    }),
    link: computed(() => linkState(link.state.value)),
    thread: computed(() => shown.value?.thread.value ?? nothing),
    unread: computed(() => shown.value?.unread.value ?? 0),
    typing: computed(() => shown.value?.typing.value ?? []),
    draft: computed(() => shown.value?.draft.value ?? ""),
    setDraft: (text) => shown.peek()?.setDraft(text),
    send: (text) => shown.peek()?.send(text),
    retry: (id) => shown.peek()?.retry(id),
    discard: (id) => shown.peek()?.discard(id),
    markRead: (seq) => shown.peek()?.markRead(seq),
    loadOlder: async () => shown.peek()?.loadOlder(),
    reconnect,
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
      reconnect();
      if (isVisible()) acted();
    },
    offline: () => link.tell("offline"),
  };
}

/** What the banner says of the connection. */
function linkState(state: ConnectionState): LinkState {
  if (state.kind === "live") return { kind: "live" };
  if (state.kind !== "waiting") return { kind: "connecting" };
  const { retryAt } = state;
  return retryAt === null ? { kind: "offline" } : { kind: "waiting", retryAt };
}

/** A site's own looks and texts, as far as they are texts. */
const readable = ({ appearance, strings }: HostSettings): HostSettings => ({
  appearance: texts(appearance),
  strings: texts(strings),
});

const texts = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === "string"));
