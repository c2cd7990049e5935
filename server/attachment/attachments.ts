/**
 * Files that people send each other. One is received, looked at, cleaned and put into its place before anybody hears of it;
 * then a message may carry it; and where none does within a day it is removed.
 */

import { randomUUID } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../shared/clock.ts";
import type { Limits } from "../../shared/limits.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Attachment } from "../../shared/protocol.ts";
import type { AttachmentClaim, AttachmentStore, Uploader } from "../store/attachment-store.ts";
import { isOfFileSystem, removeAbandoned } from "./abandoned.ts";
import type { Blob, BlobStore } from "./blobs/blob-store.ts";
import { fileName } from "./file-name.ts";
import { type Incoming, receiveFile, refused } from "./incoming.ts";
import type { Pictures } from "./picture/pictures.ts";
import type { Scanner } from "./scan/scanner.ts";
import { createUnderWay } from "./under-way.ts";

export interface Upload {
  readonly conversationId: string;
  readonly uploader: Uploader;
  /** The customer's session, which must not have ended when the file is stored; null for agents. */
  readonly sessionId: string | null;
  /** As its sender's device calls it. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Who asks: somebody in a conversation, or an agent, who answers all of them. */
export type Reader =
  | { readonly kind: "contact"; readonly conversationId: string }
  | { readonly kind: "agent" };

export interface OpenedAttachment extends Blob {
  /** Of the bytes: a thumbnail has its own. */
  readonly type: string;
  readonly name: string;
}

export interface Attachments {
  /**
   * Settles once it is clean and durable. Throws `too_large`, `attachment_refused`, `rate_limited`, `session_revoked`,
   * `not_found` (no such conversation), `unavailable` (no room, no scanner, no storage).
   */
  receive(upload: Upload): Promise<Attachment>;
  /** For a message, each once. Throws `attachment_refused` where one of them can't be had. */
  claim(claim: Omit<AttachmentClaim, "at">): Promise<readonly Attachment[]>;
  /** Throws `not_found`, also of what is somebody else's or has not been sent to the reader. */
  open(id: string, part: "file" | "thumbnail", reader: Reader): Promise<OpenedAttachment>;
  /** Removes what was given up, and what an upload that was cut off left behind. Called about once a minute. */
  sweep(): Promise<void>;
}

export interface AttachmentDependencies {
  readonly store: AttachmentStore;
  readonly blobs: BlobStore;
  readonly pictures: Pictures;
  /** null: nobody looks. */
  readonly scanner: Scanner | null;
  /** Media types that are taken. */
  readonly types: readonly string[];
  /** Where uploads gather: on the disk of the data directory. */
  readonly incomingDirectory: string;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Told why something was `unavailable`. */
  readonly failed: (error: unknown) => void;
}

const dayMs = 24 * 60 * 60 * 1000;
/** No upload lasts as long: what is older was left by a process that died. */
const abandonedMs = 60 * 60 * 1000;
/** Uploads under way: each may hold a file of `attachmentBytes` on the disk. */
const uploadsAtOnce = { each: 5, all: 256 };
const removedAtOnce = 100;

export function createAttachments(deps: AttachmentDependencies): Attachments {
  const { store, blobs, pictures, scanner, types, incomingDirectory, limits, clock, failed } = deps;
  const underWay = createUnderWay(uploadsAtOnce);

  async function inDirectory<Result>(id: string, work: (path: string) => Promise<Result>): Promise<Result> {
    const directory = join(incomingDirectory, id);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return await work(directory);
    } catch (error) {
      if (!isOfFileSystem(error)) throw error;
      throw new ProblemError("unavailable", { cause: error });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async function reporting<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof ProblemError && error.cause !== undefined) failed(error.cause);
      throw error;
    }
  }

  async function look(path: string, { kind }: Incoming): Promise<void> {
    if ((await scanner?.scan(path, kind.type)) === "foul") throw refused("The file was found to be harmful.");
  }

  async function keep(upload: Upload, attachment: Attachment, files: KeptFiles): Promise<void> {
    const { conversationId, uploader, sessionId } = upload;
    const at = clock.now();
    const allowance =
      uploader === "contact" ? { bytes: limits.attachmentBytesPerDay, since: at - dayMs } : null;
    const draft = { attachment, conversationId, uploader, sessionId, at, allowance };
    const added = await store.addAttachment(draft);
    if (!added.ok) throw refusalOf(added.code);
    await blobs.put(attachment.id, files.path);
    if (files.thumbnail !== null) await blobs.put(thumbnailKey(attachment.id), files.thumbnail);
    if (await store.attachmentStored(attachment.id, clock.now())) return;
    // Given up meanwhile, perhaps with an erasure; the sweep may have come before the bytes.
    await removeBytes(attachment.id);
    throw new ProblemError("not_found");
  }

  async function removeBytes(id: string): Promise<void> {
    await blobs.remove(id);
    await blobs.remove(thumbnailKey(id));
    await store.forgetAttachment(id);
  }

  async function receive(id: string, upload: Upload, directory: string): Promise<Attachment> {
    const path = join(directory, "received");
    const incoming = await receiveFile(upload.bytes, path, {
      name: upload.name,
      maxBytes: limits.attachmentBytes,
      isTaken: ({ type }) => types.includes(type),
    });
    await look(path, incoming);
    const { kind } = incoming;
    const named = { id, name: fileName(upload.name, kind), type: kind.type };
    if (kind.treatment !== "picture") {
      const attachment = { ...named, size: incoming.size };
      await keep(upload, attachment, { path, thumbnail: null });
      return attachment;
    }
    const clean = await pictures.clean(path, kind, directory);
    const { size } = await stat(clean.path);
    const attachment = { ...named, size, width: clean.width, height: clean.height };
    await keep(upload, attachment, clean);
    return attachment;
  }

  return {
    receive: (upload) =>
      reporting(
        underWay.count(`${upload.uploader} ${upload.conversationId}`, () => {
          const id = randomUUID();
          return inDirectory(id, (directory) => receive(id, upload, directory));
        }),
      ),

    async claim(claim) {
      const { ids } = claim;
      if (ids.length > limits.attachmentsPerMessage)
        throw refused(`A message carries at most ${limits.attachmentsPerMessage} attachments.`);
      if (new Set(ids).size < ids.length) throw refused("An attachment is named twice.");
      const claimed = await store.claimAttachments({ ...claim, at: clock.now() });
      if (!claimed) throw refused("There is no attachment of this id to be sent here, or not any more.");
      return claimed;
    },

    async open(id, part, reader) {
      const record = await store.attachment(id);
      if (!record) throw new ProblemError("not_found");
      const { attachment, conversationId, uploader, state } = record;
      const isTheirs = reader.kind === "agent" || reader.conversationId === conversationId;
      const isSent = state === "claimed" || state === "kept";
      const isOwn = state === "ready" && uploader === reader.kind;
      if (!isTheirs || !(isSent || isOwn)) throw new ProblemError("not_found");
      const blob = await reporting(blobs.open(part === "file" ? id : thumbnailKey(id)));
      if (!blob) throw new ProblemError("not_found");
      return { ...blob, type: part === "file" ? attachment.type : "image/webp", name: attachment.name };
    },

    async sweep() {
      const at = clock.now();
      for (;;) {
        const ids = await store.settleAttachments({ before: at - dayMs, at, limit: removedAtOnce });
        for (const id of ids) await removeBytes(id);
        if (ids.length < removedAtOnce) break;
      }
      await removeAbandoned(incomingDirectory, at - abandonedMs);
    },
  };
}

interface KeptFiles {
  readonly path: string;
  readonly thumbnail: string | null;
}

const thumbnailKey = (id: string): string => `${id}.thumbnail`;

function refusalOf(code: "session_revoked" | "not_found" | "rate_limited"): ProblemError {
  if (code !== "rate_limited") return new ProblemError(code);
  const detail = "So many bytes were attached today that no more are taken until tomorrow.";
  return new ProblemError(code, { detail, retryAfterSeconds: dayMs / 1000 });
}
