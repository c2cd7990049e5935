/** Builds the attachments of a server out of what its operator chose. */

import { join } from "node:path";
import type { Clock } from "../../shared/clock.ts";
import type { Limits } from "../../shared/limits.ts";
import type { AttachmentSettings } from "../config/attachment-settings.ts";
import type { AttachmentStorage } from "../config/attachment-storage.ts";
import type { AttachmentStore } from "../store/attachment-store.ts";
import { type Attachments, createAttachments } from "./attachments.ts";
import type { BlobStore } from "./blobs/blob-store.ts";
import { createDiskBlobs } from "./blobs/disk.ts";
import { createS3Blobs } from "./blobs/s3.ts";
import { createPictures } from "./picture/pictures.ts";
import { createCommandScanner } from "./scan/command-scanner.ts";
import { createHttpScanner } from "./scan/http-scanner.ts";
import type { Scanner, ScanSettings } from "./scan/scanner.ts";

export function assembleAttachments(parts: {
  readonly dataDir: string;
  readonly storage: AttachmentStorage;
  readonly settings: AttachmentSettings;
  readonly limits: Limits;
  readonly store: AttachmentStore;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}): Attachments {
  const { dataDir, storage, settings, limits, store, clock, failed } = parts;
  const directory = join(dataDir, "attachments");
  return createAttachments({
    store,
    blobs: openBlobs(storage, directory),
    pictures: createPictures({ maxPixels: limits.attachmentPixels }),
    scanner: settings.scan && createScanner(settings.scan),
    types: settings.types,
    incomingDirectory: join(directory, "incoming"),
    limits,
    clock,
    failed,
  });
}

const openBlobs = (storage: AttachmentStorage, directory: string): BlobStore =>
  storage.kind === "disk" ? createDiskBlobs(directory) : createS3Blobs(storage.settings, fetch);

const createScanner = (scan: ScanSettings): Scanner =>
  scan.by === "command" ? createCommandScanner(scan) : createHttpScanner(scan, fetch);
