import { type ReadonlySignal, signal } from "@preact/signals";
import type { Message } from "../../../shared/protocol.ts";
import type { AgentApi } from "../transport/agent-api.ts";
import type { ReadAgain, Report } from "./report.ts";
import {
  firstSeq,
  hasOlder,
  lastSeq,
  loadingThread,
  merged,
  type Thread,
  type ThreadPhase,
} from "./thread.ts";

export interface Threads {
  readonly open: ReadonlySignal<ReadonlyMap<string, Thread>>;
  /** Loads the newest page where nothing is loaded, else what came since. */
  load(conversationId: string): Promise<void>;
  loadOlder(conversationId: string): Promise<void>;
  /** A live message. One that leaves a gap makes the gap be read from the store. */
  receive(conversationId: string, message: Message): void;
}

export function createThreads(api: AgentApi, report: Report, again: ReadAgain): Threads {
  const open = signal<ReadonlyMap<string, Thread>>(new Map());
  /** Conversations being read: one reader each, which does not stop before it has caught up with all that was heard of. */
  const reading = new Set<string>();
  /** The newest `seq` heard of, which the run of a thread has to reach. */
  const heardOf = new Map<string, number>();

  const current = (id: string): Thread => open.peek().get(id) ?? loadingThread;
  const isBehind = (id: string): boolean => (heardOf.get(id) ?? 0) > lastSeq(current(id));

  function set(id: string, thread: Thread): void {
    open.value = new Map(open.peek()).set(id, thread);
  }

  function enter(id: string, phase: ThreadPhase): void {
    set(id, { ...current(id), phase });
  }

  function hear(id: string, seq: number): void {
    heardOf.set(id, Math.max(heardOf.get(id) ?? 0, seq));
  }

  async function take(id: string, from: { before?: number; after?: number }): Promise<void> {
    const page = await api.messages(id, from);
    hear(id, page.lastSeq);
    set(id, merged(current(id), page.messages));
  }

  /** A page without progress ends it, so that a wrong `lastSeq` can't make it spin. */
  async function catchUp(id: string): Promise<void> {
    for (let before = -1; isBehind(id) && lastSeq(current(id)) > before; ) {
      before = lastSeq(current(id));
      await take(id, { after: before });
    }
    heardOf.set(id, lastSeq(current(id)));
  }

  async function read(id: string, part: "newest" | "older"): Promise<void> {
    if (reading.has(id)) return;
    reading.add(id);
    const thread = current(id);
    const empty = thread.messages.length === 0;
    if (empty || part === "older") enter(id, { kind: "loading", part });
    try {
      if (empty) await take(id, {});
      else await take(id, part === "older" ? { before: firstSeq(thread) } : { after: lastSeq(thread) });
      await catchUp(id);
      enter(id, { kind: "ready" });
    } catch (error) {
      enter(id, { kind: "failed", reason: report(error) });
      again(error, () => current(id).phase.kind === "failed" && read(id, part));
    } finally {
      reading.delete(id);
    }
  }

  return {
    open,
    load: (id) => read(id, "newest"),
    async loadOlder(id) {
      if (hasOlder(current(id))) await read(id, "older");
    },
    receive(id, message) {
      if (!open.peek().has(id)) return;
      hear(id, message.seq);
      if (current(id).messages.length > 0) set(id, merged(current(id), [message]));
      if (isBehind(id)) void read(id, "newest");
    },
  };
}
