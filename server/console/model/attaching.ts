import { type ReadonlySignal, signal } from "@preact/signals";
import type { Attachment } from "../../../shared/protocol.ts";
import type { AgentFiles } from "../transport/agent-files.ts";

export interface Chosen {
  /** Of all that this desk uploaded. */
  readonly key: number;
  readonly conversationId: string;
  readonly file: File;
  readonly state: ChosenState;
}

export type ChosenState =
  /** In [0, 1]; at 1 the server looks at it. */
  | { readonly kind: "sending"; readonly progress: number }
  | { readonly kind: "ready"; readonly attachment: Attachment }
  | { readonly kind: "failed"; readonly reason: string };

/** Files chosen for the next reply of each conversation. */
export interface Attaching {
  readonly chosen: ReadonlySignal<readonly Chosen[]>;
  add(conversationId: string, files: readonly File[]): void;
  /** Cancels it where it is on its way. */
  remove(key: number): void;
  retry(key: number): void;
  /** What was for the one conversation is for the other now. */
  move(from: string, to: string): void;
  /** What is there for a conversation, and takes it out. */
  take(conversationId: string): readonly Attachment[];
}

export function createAttaching({ upload }: Pick<AgentFiles, "upload">): Attaching {
  const chosen = signal<readonly Chosen[]>([]);
  const stops = new Map<number, AbortController>();
  let keys = 0;

  function change(key: number, state: ChosenState): void {
    chosen.value = chosen.peek().map((one) => (one.key === key ? { ...one, state } : one));
  }

  async function begin(key: number): Promise<void> {
    const one = chosen.peek().find((one) => one.key === key);
    if (!one) return;
    const stop = new AbortController();
    stops.set(key, stop);
    change(key, { kind: "sending", progress: 0 });
    try {
      const told = (progress: number): void => change(key, { kind: "sending", progress });
      const attachment = await upload(one.conversationId, one.file, told, stop.signal);
      change(key, { kind: "ready", attachment });
    } catch (error) {
      change(key, { kind: "failed", reason: error instanceof Error ? error.message : "Unknown" });
    }
    stops.delete(key);
  }

  function drop(gone: (one: Chosen) => boolean): void {
    for (const { key } of chosen.peek().filter(gone)) stops.get(key)?.abort();
    chosen.value = chosen.peek().filter((one) => !gone(one));
  }

  return {
    chosen,
    add(conversationId, files) {
      const added = files.map((file) => ({
        key: keys++,
        conversationId,
        file,
        state: { kind: "sending", progress: 0 } as const,
      }));
      chosen.value = [...chosen.peek(), ...added];
      for (const { key } of added) void begin(key);
    },
    remove: (key) => drop((one) => one.key === key),
    retry: (key) => void begin(key),
    move(from, to) {
      chosen.value = chosen
        .peek()
        .map((one) => (one.conversationId === from ? { ...one, conversationId: to } : one));
    },
    take(conversationId) {
      const isReady = (one: Chosen): boolean =>
        one.conversationId === conversationId && one.state.kind === "ready";
      const attachments = chosen
        .peek()
        .filter(isReady)
        .flatMap(({ state }) => (state.kind === "ready" ? [state.attachment] : []));
      drop(isReady);
      return attachments;
    },
  };
}
