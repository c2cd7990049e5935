/** The files that the customer has chosen for the next message, each on its way to the server or there already. */

import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { ErrorCode } from "../../../../shared/problems.ts";
import type { Attachment, DeploymentInfo } from "../../../../shared/protocol.ts";
import type { ToldOfFile } from "../../transport/send-file.ts";

export interface Upload {
  /** Of this list. */
  readonly key: number;
  readonly name: string;
  /** Address of the picture itself, where it is one that browsers show; else null. */
  readonly preview: string | null;
  readonly state: UploadState;
}

export type UploadState =
  | { readonly kind: "waiting" }
  /** `progress` in [0, 1]; at 1 the server looks at it. */
  | { readonly kind: "sending"; readonly progress: number }
  | { readonly kind: "ready"; readonly attachment: Attachment }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly retryable: boolean };

/** One file on its way. @returns cancels it */
export type SendFile = (file: File, told: ToldOfFile) => () => void;

export interface Uploads {
  readonly all: ReadonlySignal<readonly Upload[]>;
  /** More than a message carries are left out. @returns whether all of them fit */
  add(files: readonly File[]): boolean;
  retry(key: number): void;
  /** Cancels it where it is on its way. */
  remove(key: number): void;
  /** What is there, and takes it out; undefined: nothing. */
  take(): readonly Attachment[] | undefined;
  clear(): void;
}

/** The server takes five of a conversation; others of this customer's tabs may be at it too. */
const atOnce = 3;

interface Item {
  readonly file: File;
  readonly upload: Upload;
}

export function createUploads(parts: {
  readonly limits: Pick<DeploymentInfo["limits"], "attachmentBytes" | "attachmentsPerMessage">;
  readonly send: SendFile;
  readonly addressOf: (file: File) => string;
  readonly forgetAddress: (address: string) => void;
}): Uploads {
  const { limits, send, addressOf, forgetAddress } = parts;
  const all = signal<readonly Upload[]>([]);
  const files = new Map<number, File>();
  const cancels = new Map<number, () => void>();
  let keys = 0;

  function change(key: number, state: UploadState): void {
    all.value = all.value.map((upload) => (upload.key === key ? { ...upload, state } : upload));
  }

  function pump(): void {
    const next = all.value.find(({ state }) => state.kind === "waiting");
    const file = next && files.get(next.key);
    if (!file || cancels.size >= atOnce) return;
    const { key } = next;
    change(key, { kind: "sending", progress: 0 });
    let isOver = false;
    const cancel = send(file, {
      progress: (progress) => change(key, { kind: "sending", progress }),
      over(outcome) {
        isOver = true;
        cancels.delete(key);
        change(key, outcome);
        pump();
      },
    });
    if (!isOver) cancels.set(key, cancel);
    pump();
  }

  function drop(keys: readonly number[]): void {
    for (const key of keys) {
      cancels.get(key)?.();
      cancels.delete(key);
      files.delete(key);
    }
    for (const { key, preview } of all.value) if (preview && keys.includes(key)) forgetAddress(preview);
    all.value = all.value.filter(({ key }) => !keys.includes(key));
    pump();
  }

  function itemOf(file: File): Item {
    const { name, size, type } = file;
    const preview = /^image\/(jpeg|png|gif|webp)$/.test(type) ? addressOf(file) : null;
    const state: UploadState =
      size > limits.attachmentBytes
        ? { kind: "failed", code: "too_large", retryable: false }
        : { kind: "waiting" };
    return { file, upload: { key: keys++, name, preview, state } };
  }

  return {
    all,
    add(given) {
      const fitting = given.slice(0, Math.max(0, limits.attachmentsPerMessage - all.value.length));
      const items = fitting.map(itemOf);
      for (const { file, upload } of items) files.set(upload.key, file);
      all.value = [...all.value, ...items.map(({ upload }) => upload)];
      pump();
      return fitting.length === given.length;
    },
    retry(key) {
      const state = all.value.find((upload) => upload.key === key)?.state;
      if (state?.kind !== "failed" || !state.retryable) return;
      change(key, { kind: "waiting" });
      pump();
    },
    remove: (key) => drop([key]),
    take() {
      const ready = all.value.flatMap(({ state }) => (state.kind === "ready" ? [state.attachment] : []));
      drop(all.value.flatMap(({ key, state }) => (state.kind === "ready" ? [key] : [])));
      return ready.length > 0 ? ready : undefined;
    },
    clear: () => drop(all.value.map(({ key }) => key)),
  };
}
