/**
 * The messenger without its interface: wires session, transport, outbox and model together, and speaks with the host. Longer
 * than most, as the one place where all of them meet; it decides nothing itself.
 */

import { batch, computed, effect, signal } from "@preact/signals-core";
import type { DeploymentInfo, MessagePage } from "../../shared/protocol.ts";
import type { Host } from "../bridge/frame-bridge.ts";
import type { HostMessage, HostSettings } from "../bridge/messages.ts";
import { type Conversation, createConversation, type Words } from "./model/conversation.ts";
import { missedAtMost } from "./model/history.ts";
import type { HandoverChoice, MessengerModel, Remark, Thread } from "./model/messenger-model.ts";
import { createPresent } from "./model/present.ts";
import { createKeeper } from "./session/keeper.ts";
import { createRevocations } from "./session/revocations.ts";
import { isShown, questionOf, type Session } from "./session/session-state.ts";
import { createVault } from "./session/vault.ts";
import type { SignInWindow, Surroundings } from "./surroundings.ts";
import { type Answer, createApi, isRefusal, type PageRequest } from "./transport/api.ts";
import { createLink } from "./transport/link.ts";

export interface Engine {
  readonly model: MessengerModel;
  /** The customer touched the messenger. */
  acted(): void;
  /** The network is back, or the page can be seen again. */
  woken(): void;
  /** That the network is gone, or that nobody has looked for a while. */
  tell(event: "offline" | "rest"): void;
  /** The page is being left. */
  left(): void;
}

/** After this long without a sign of life a shared device is for the next person. */
const sharedIdleMs = 300_000;

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
  const pageSignsIn = signal(false);
  const signInWindow = signal<SignInWindow | null>(null);
  const canSignIn = computed(() => pageSignsIn.value || signInWindow.value !== null);
  const remark = signal<Remark | null>(null);
  let isShared = false;
  let cancelIdle = () => {};
  const api = createApi(surroundings, deployment.id);
  const ownerOf = (contactId: string): string => `${deployment.id}:${contactId}`;
  const revocations = createRevocations(surroundings, api);
  let session: Session | null = null;
  const link = createLink(surroundings, {
    credentials: () => ({
      token: session?.sessionToken ?? "",
      afterSeq: conversation.peek().position(),
      atMost: missedAtMost,
      delivered: true,
    }),
    frame(frame) {
      if (frame.t === "session") keeper.dispatch({ t: frame.state, expiresAt: frame.expiresAt });
      else conversation.peek().receive(frame);
    },
    stopped: sessionOver,
  });

  const isLive = computed(() => link.state.value.kind === "live");
  const present = createPresent(newConversation);
  const { conversation } = present;

  const keeper = createKeeper({
    surroundings,
    api,
    revocations,
    ...createVault(surroundings, deployment.id),
    context: () => ({
      signInRequired: deployment.signIn.required,
      stepUp: deployment.signIn.stepUp,
      hasWords: present.hasWords(),
      visible: isVisible(),
    }),
    post: host.post,
    adopt(opened, visitorId) {
      session = opened;
      conversation.peek().bind(opened.conversation, {
        owner: ownerOf(opened.contact.id),
        formerOwner: visitorId && ownerOf(visitorId),
      });
      link.tell("start");
    },
    hasWords: async (contactId) => (await surroundings.loadCompanies()).hasWords(ownerOf(contactId)),
    wipeWords: (contactId) => surroundings.wipeWords(ownerOf(contactId)),
    disconnect: () => link.tell("stop"),
    tearDown: () => handOn(present.tearDown),
    // Written by the same person in this same panel, who has chosen, or whose site has, that it comes along.
    carryOver: () => handOn(present.carryOver),
    setAside: () => handOn(present.setAside),
    takeUp: present.takeUp,
    endVisitor: present.drop,
    visitorWrote: () => present.hasUnsent(session?.contact.verified === false ? "visitor" : "customer"),
    leftBehind: () => void tellLeftBehind(),
    openSignIn: ({ take }) => void openSignIn(take),
  });

  /** What is done to a hidden conversation is done to nobody's. */
  const shown = computed(() => (isShown(keeper.state.value) ? conversation.value : null));

  function handOn(replace: () => void): void {
    session = null;
    link.tell("stop");
    replace();
    // What nobody watches is computed when it is asked for, and would keep the former's until then.
    for (const fact of [model.thread, model.typing, model.draft]) fact.peek();
    // A browser keeps the last text that an expression was found in (`RegExp.input`), which may be a customer's.
    /^/.test("");
  }

  /** Unless they have come along after all: with a handover whose answer was lost. */
  async function tellLeftBehind(): Promise<void> {
    const holder = session?.contact.id;
    const page = await readPage({ side: "before", seq: Number.MAX_SAFE_INTEGER, limit: 100 });
    if (!present.knows(page?.messages ?? []) && session?.contact.id === holder) remark.value = "leftBehind";
  }

  function newConversation(words?: Words): Conversation {
    return createConversation({
      words,
      surroundings,
      isLive,
      send: link.send,
      read: readPage,
      received: ({ id, seq }) => host.post({ t: "messageReceived", id, seq }),
    });
  }

  function readPage(page: PageRequest): Promise<MessagePage | null> {
    return ask((token) => api.messages(token, page));
  }

  /** Asks as whoever is here. @returns null where nobody is, or the server refuses */
  async function ask<T>(request: (sessionToken: string) => Promise<Answer<T>>): Promise<T | null> {
    const asked = session;
    const answer = asked && (await request(asked.sessionToken));
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

  function acted(): void {
    keeper.dispatch({ t: "acted" });
    stay();
  }

  /** Whoever comes next to a shared device finds nothing. */
  const leave = (): void => keeper.dispatch({ t: "left" });

  function stay(): void {
    cancelIdle();
    if (isShared) cancelIdle = surroundings.after(sharedIdleMs, leave);
  }

  /**
   * A timer may have slept as long as the device: what the server's clock says is over may well be. It is asked, as a clock of
   * this device that is set wrong must end nothing; the socket would tell only once it has found itself dead.
   */
  async function checkExpiry(): Promise<void> {
    if (session && Date.parse(session.expiresAt) <= api.now()) {
      const state = await ask(api.session);
      if (state && session?.id === state.id) session = { ...session, ...state };
    }
  }

  function reconnect(): void {
    keeper.dispatch({ t: "retry" });
    link.tell("wake");
  }

  function heard(message: HostMessage): void {
    switch (message.t) {
      case "start":
        settings.value = readable(message.settings);
        pageSignsIn.value = message.canSignIn;
        isShared = message.sharedDevice;
        if (isShared) {
          surroundings.forget();
          leave();
          stay();
        }
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
        pageSignsIn.value = message.canSignIn;
        break;
      default:
        keeper.dispatch(message);
    }
  }

  function setPanel(open: boolean): void {
    panelOpen.value = open;
    if (!open) return;
    keeper.dispatch({ t: "wanted" });
    stay();
    if (!signInWindow.peek() && deployment.signIn.methods.includes("oidc"))
      surroundings.loadSignInWindow().then((loaded) => {
        signInWindow.value = loaded;
      });
  }

  function signIn(): void {
    remark.value = null;
    if (pageSignsIn.peek() || !signInWindow.peek()) host.post({ t: "signInRequested" });
    else keeper.dispatch({ t: "signIn" });
  }

  async function openSignIn(take: HandoverChoice | null): Promise<void> {
    const outcome = (await signInWindow.peek()?.(deployment.id)) ?? "overtaken";
    if (typeof outcome === "object") keeper.dispatch({ t: "ticket", signInTicket: outcome.ticket, take });
    else if (outcome !== "overtaken") remark.value = outcome;
  }

  const model: MessengerModel = {
    deployment,
    settings,
    panelOpen,
    session: computed(() => {
      const { phase } = keeper.state.value;
      return "canSignIn" in phase ? { ...phase, canSignIn: canSignIn.value } : phase;
    }),
    link: link.state,
    thread: computed(() => shown.value?.thread.value ?? nothing),
    unread: computed(() => shown.value?.unread.value ?? 0),
    typing: computed(() => shown.value?.typing.value ?? []),
    desk: computed(() => shown.value?.desk.value ?? {}),
    draft: computed(() => shown.value?.draft.value ?? ""),
    setDraft: (text) => shown.peek()?.setDraft(text),
    send: (text, attachments) => shown.peek()?.send(text, attachments),
    retry: (id) => shown.peek()?.retry(id),
    discard: (id) => shown.peek()?.discard(id) ?? false,
    markRead: (seq) => shown.peek()?.markRead(seq),
    loadOlder: async () => shown.peek()?.loadOlder(),
    canSignIn,
    question: computed(() => questionOf(keeper.state.value)),
    remark,
    decide: (take) => keeper.dispatch({ t: "decided", take }),
    putOff: () => keeper.dispatch({ t: "putOff" }),
    request: (path, init) => ask(async (token) => (await api.request(path, token, init)) ?? {}),
    token: () => session?.sessionToken ?? "",
    reconnect,
    signIn,
    understood: () => {
      remark.value = null;
    },
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
      void checkExpiry();
      reconnect();
      // Nobody touched it: a shared device is for the next person as soon as it would have been.
      if (isVisible()) keeper.dispatch({ t: "acted" });
    },
    tell: link.tell,
    left: () => {
      // Into the browser's page cache, perhaps, where sockets do not live.
      link.tell("rest");
      if (isShared) leave();
    },
  };
}

/** A site's own looks and texts, as far as they are texts. */
const readable = ({ appearance, strings }: HostSettings): HostSettings => ({
  appearance: texts(appearance),
  strings: texts(strings),
});

const texts = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === "string"));
