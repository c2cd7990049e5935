import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { pipeline } from "node:stream/promises";
import { AwsV4Signer } from "aws4fetch";
import { ProblemError } from "../../../shared/problem-error.ts";
import { type BlobStore, keyPattern } from "./blob-store.ts";

/** A bucket of any store that speaks S3. */
export interface S3Settings {
  readonly bucket: string;
  /** In front of every key; empty, or ending in a slash. */
  readonly prefix: string;
  /** Origin of the store, which is asked with the bucket in the path; null: Amazon's own, the bucket in the host name. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials; null: none. */
  readonly sessionToken: string | null;
}

/** To the head of the answer; the bytes of an upload are sent in it. */
const timeLimitMs = 60_000;

/** Every request is signed (Signature Version 4), with the digest of what it carries. */
export function createS3Blobs(settings: S3Settings, fetch: typeof globalThis.fetch): BlobStore {
  const base = baseOf(settings);

  async function ask(
    method: "PUT" | "GET" | "DELETE",
    key: string,
    content: { readonly digest: string; readonly body?: globalThis.Blob } = { digest: emptyDigest },
  ): Promise<Response> {
    if (!keyPattern.test(key)) throw new Error("This is no key of a blob.");
    const signed = await new AwsV4Signer({
      method,
      url: base + key,
      headers: { "X-Amz-Content-Sha256": content.digest },
      service: "s3",
      region: settings.region,
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
      ...(settings.sessionToken !== null && { sessionToken: settings.sessionToken }),
    }).sign();
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeLimitMs);
    try {
      return await fetch(signed.url, {
        method,
        headers: signed.headers,
        redirect: "error",
        signal: limit.signal,
        ...(content.body && { body: content.body }),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    put: (key, path) =>
      guard(async () => {
        // Read once for the digest and once for the network, and never held in memory.
        const content = { digest: await digestOf(path), body: await openAsBlob(path) };
        await expectDone(await ask("PUT", key, content));
      }),

    open: (key) =>
      guard(async () => {
        const response = await ask("GET", key);
        if (response.status === 404) {
          await response.body?.cancel();
          return null;
        }
        if (response.status !== 200 || !response.body) throw await failureOf(response);
        return { size: Number(response.headers.get("content-length")), bytes: response.body };
      }),

    remove: (key) =>
      guard(async () => {
        const response = await ask("DELETE", key);
        // Stores differ in what they say of a key that is not there.
        if (response.status === 404) await response.body?.cancel();
        else await expectDone(response);
      }),
  };
}

function baseOf({ bucket, prefix, endpoint, region }: S3Settings): string {
  return endpoint === null
    ? `https://${bucket}.s3.${region}.amazonaws.com/${prefix}`
    : `${endpoint}/${bucket}/${prefix}`;
}

const emptyDigest = createHash("sha256").digest("hex");

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function expectDone(response: Response): Promise<void> {
  if (!response.ok) throw await failureOf(response);
  await response.body?.cancel();
}

/** The store's own code, such as `AccessDenied`: what an operator needs, and nothing of the request. */
async function failureOf(response: Response): Promise<Error> {
  const code = /<Code>(\w{1,64})<\/Code>/.exec(await response.text())?.[1] ?? "no code";
  return new Error(`The store answered with status ${response.status}, ${code}.`);
}

async function guard<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new ProblemError("unavailable", { cause: error });
  }
}
