import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type {
  AgentConversation,
  AgentConversationPage,
  ConversationStatus,
} from "../../../shared/protocol.ts";
import type { AgentApi } from "../transport/agent-api.ts";
import { byActivity, refreshed } from "./conversations.ts";
import type { ReadAgain, Report } from "./report.ts";

export interface ListView {
  /** null: every state. */
  readonly state: ConversationStatus | null;
  /** Show conversations of test identities (`isPreview`) as well. */
  readonly preview: boolean;
}

export type ListPhase =
  | { readonly kind: "loading" }
  /** `cursor` leads to the next page; null where there is none. */
  | { readonly kind: "ready"; readonly cursor: string | null; readonly loadingMore: boolean }
  | { readonly kind: "failed"; readonly reason: string };

export interface ConversationList {
  readonly view: ReadonlySignal<ListView>;
  readonly phase: ReadonlySignal<ListPhase>;
  /** What the view shows, most recently active first. */
  readonly rows: ReadonlySignal<readonly AgentConversation[]>;
  /** Every conversation heard of, by id; those of other views too. */
  readonly known: ReadonlySignal<ReadonlyMap<string, AgentConversation>>;
  setView(view: ListView): void;
  /** Reads the first page of the view again. */
  refresh(): Promise<void>;
  loadMore(): Promise<void>;
  /** Reads one conversation from the server; calls for the same one that is on its way are one. */
  fetch(id: string): Promise<void>;
  put(conversation: AgentConversation): void;
  /** Forgets a conversation that is no more. */
  drop(id: string): void;
  /** Applies a change to a known conversation; answers false where it is unknown. */
  change(id: string, how: (known: AgentConversation) => AgentConversation): boolean;
}

/** @param moved told where the server answers for a conversation with the one that its messages went to */
export function createConversationList(
  api: AgentApi,
  report: Report,
  again: ReadAgain,
  moved: (id: string, to: string) => void,
): ConversationList {
  const view = signal<ListView>({ state: "open", preview: false });
  const phase = signal<ListPhase>({ kind: "loading" });
  const known = signal<ReadonlyMap<string, AgentConversation>>(new Map());
  const fetching = new Map<string, Promise<void>>();
  /** An answer that was on its way when they went must not bring them back. */
  const dropped = new Set<string>();

  const rows = computed(() =>
    [...known.value.values()].filter((conversation) => shows(view.value, conversation)).sort(byActivity),
  );

  function putAll(conversations: readonly AgentConversation[]): void {
    const next = new Map(known.peek());
    for (const fetched of conversations)
      if (!dropped.has(fetched.id)) next.set(fetched.id, refreshed(next.get(fetched.id), fetched));
    known.value = next;
  }

  /** A view that was left while its page was on the way keeps the rows and leaves the phase to its successor. */
  async function page(cursor: string | null): Promise<void> {
    const asked = view.peek();
    try {
      const answer: AgentConversationPage = await api.list({ ...asked, cursor });
      putAll(answer.conversations);
      if (view.peek() === asked) phase.value = { kind: "ready", cursor: answer.cursor, loadingMore: false };
    } catch (error) {
      if (view.peek() !== asked) return;
      phase.value = { kind: "failed", reason: report(error) };
      again(error, () => view.peek() === asked && phase.peek().kind === "failed" && page(null));
    }
  }

  async function fetchOne(id: string): Promise<void> {
    try {
      const answer = await api.conversation(id);
      putAll([answer]);
      if (answer.id !== id) moved(id, answer.id);
    } catch (error) {
      report(error);
      // Somebody may wait there whom no other message announces.
      again(error, () => fetch(id));
    } finally {
      fetching.delete(id);
    }
  }

  function fetch(id: string): Promise<void> {
    const running = fetching.get(id) ?? fetchOne(id);
    fetching.set(id, running);
    return running;
  }

  return {
    view,
    phase,
    rows,
    known,
    setView(next) {
      view.value = next;
      phase.value = { kind: "loading" };
      void page(null);
    },
    refresh: () => page(null),
    async loadMore() {
      const now = phase.peek();
      if (now.kind !== "ready" || now.cursor === null || now.loadingMore) return;
      phase.value = { ...now, loadingMore: true };
      await page(now.cursor);
    },
    fetch,
    put: (conversation) => putAll([conversation]),
    drop(id) {
      dropped.add(id);
      const next = new Map(known.peek());
      if (next.delete(id)) known.value = next;
    },
    change(id, how) {
      const before = known.peek().get(id);
      if (!before) return false;
      const after = how(before);
      if (after !== before) known.value = new Map(known.peek()).set(id, after);
      return true;
    },
  };
}

const shows = (view: ListView, conversation: AgentConversation): boolean =>
  (view.state === null || conversation.state === view.state) && (view.preview || !conversation.preview);
