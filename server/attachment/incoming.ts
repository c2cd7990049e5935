/** A file on its way in: written to disk as it comes, counted, and known by its first bytes. */

import { type FileHandle, open } from "node:fs/promises";
import { ProblemError } from "../../shared/problem-error.ts";
import { headBytes, type Kind, kindOf } from "./kinds.ts";
import { createTextCheck } from "./text-check.ts";

export interface Incoming {
  readonly kind: Kind;
  /** Bytes. */
  readonly size: number;
}

/**
 * Writes the bytes to a new file. What is refused is read to its end all the same, within the same bounds: whoever cuts an
 * upload off takes the answer away from its sender.
 *
 * @param options.isTaken whether files of this kind are
 * Throws `too_large`, `attachment_refused`, and whatever the file system or the source throws.
 */
export async function receiveFile(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  options: { readonly name: string; readonly maxBytes: number; readonly isTaken: (kind: Kind) => boolean },
): Promise<Incoming> {
  const { name, maxBytes, isTaken } = options;
  const handle = await open(path, "wx", 0o600);
  try {
    const file = createFile(handle, name, isTaken);
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.byteLength;
      if (size > maxBytes)
        throw new ProblemError("too_large", {
          detail: `The attachment has more than ${maxBytes} bytes.`,
        });
      await file.take(chunk);
    }
    if (size === 0) throw refused("The file is empty.");
    return { kind: await file.end(), size };
  } finally {
    await handle.close();
  }
}

type Progress =
  | { readonly is: "unknown"; readonly head: Buffer }
  | { readonly is: "known"; readonly kind: Kind; readonly isText: (chunk: Uint8Array | null) => boolean }
  | { readonly is: "refused"; readonly why: string };

function createFile(handle: FileHandle, name: string, isTaken: (kind: Kind) => boolean) {
  let progress: Progress = { is: "unknown", head: Buffer.alloc(0) };

  async function know(head: Buffer): Promise<void> {
    const kind = kindOf(head, name);
    if (!isTaken(kind)) {
      progress = { is: "refused", why: notTaken(kind) };
      return;
    }
    progress = { is: "known", kind, isText: kind.treatment === "text" ? createTextCheck() : () => true };
    await write(head);
  }

  async function write(chunk: Uint8Array | null): Promise<void> {
    if (progress.is !== "known") return;
    if (!progress.isText(chunk)) progress = { is: "refused", why: unknownKind };
    else if (chunk) await handle.writeFile(chunk);
  }

  return {
    async take(chunk: Uint8Array): Promise<void> {
      if (progress.is !== "unknown") return await write(chunk);
      const head = Buffer.concat([progress.head, chunk]);
      if (head.length < headBytes) progress = { is: "unknown", head };
      else await know(head);
    },
    async end(): Promise<Kind> {
      if (progress.is === "unknown") await know(progress.head);
      await write(null);
      if (progress.is === "known") return progress.kind;
      throw refused(progress.is === "refused" ? progress.why : unknownKind);
    },
  };
}

const unknownKind = "The file's content is of no kind that is taken here.";

/** Of a kind that is switched off, and of text where text is not taken: there it may be anything. */
const notTaken = (kind: Kind): string =>
  kind.treatment === "text" ? unknownKind : `Files of the type ${kind.type} are not taken here.`;

export const refused = (detail: string): ProblemError => new ProblemError("attachment_refused", { detail });
