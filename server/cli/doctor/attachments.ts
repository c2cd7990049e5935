import { randomUUID } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createS3Blobs, type S3Settings } from "../../attachment/blobs/s3.ts";
import { readAttachmentStorage } from "../../config/attachment-storage.ts";
import { filesIn } from "../backup/data-files.ts";
import { type Finding, fine, problem } from "./finding.ts";
import { isWritable } from "./storage.ts";

const subject = "attachments";
const timeoutMs = 5000;

/**
 * Where files will lie. Nobody notices a bucket that can't be written to before the first customer attaches something, and one
 * that nothing can be removed from before an erasure: a small object is put there, read, and removed again.
 */
export async function examineAttachments(
  env: NodeJS.ProcessEnv,
  dataDirectory: string,
): Promise<readonly Finding[]> {
  let isReadable = true;
  const storage = readAttachmentStorage(env, () => {
    isReadable = false;
  });
  // Said of the environment already.
  if (!isReadable) return [];
  return [
    storage.kind === "disk"
      ? await examineDirectory(filesIn(dataDirectory).attachments)
      : await examineBucket(storage.settings),
  ];
}

async function examineDirectory(path: string): Promise<Finding> {
  const found = await stat(path).catch(() => null);
  if (!found) return fine(subject, `${path} will be made`);
  if (!found.isDirectory()) return problem(subject, `${path} is a file`, "Move it away.");
  return (await isWritable(path))
    ? fine(subject, `${path} is writable`)
    : problem(subject, `${path} is not writable`, "Let the server's user own it.");
}

async function examineBucket(settings: S3Settings): Promise<Finding> {
  const place = `s3://${settings.bucket}/${settings.prefix}`;
  const timeLimit = AbortSignal.timeout(timeoutMs);
  const blobs = createS3Blobs(settings, (url, { signal, ...init } = {}) =>
    fetch(url, { ...init, signal: AbortSignal.any([...(signal ? [signal] : []), timeLimit]) }),
  );
  const directory = await mkdtemp(join(tmpdir(), "vouch-doctor-"));
  const key = randomUUID();
  let attempt = "written to";
  try {
    await writeFile(join(directory, key), "vouch doctor");
    await blobs.put(key, join(directory, key));
    try {
      attempt = "read";
      const blob = await blobs.open(key);
      if (!blob) throw new Error("what was put there is not there");
      await blob.bytes.cancel();
      attempt = "removed from";
    } finally {
      await blobs.remove(key);
    }
    return fine(subject, `${place} can be written to, read and removed from`);
  } catch (error) {
    return problem(
      subject,
      `${place} can't be ${attempt}: ${reasonOf(error)}`,
      "Check bucket, region and endpoint of VOUCH_ATTACHMENTS and the credentials: the server needs PutObject, GetObject and DeleteObject there.",
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The innermost cause: what the store said, or the system of the way to it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message.replace(/\.$/, "") : reasonOf(error.cause);
}
