/**
 * Where the bytes of attachments lie, each under a key that is used once. `contract.suite.ts` is the suite that every
 * implementation runs. Every failure is the ProblemError `unavailable`.
 */
export interface BlobStore {
  /**
   * Takes the file at `path`, which may be gone afterwards: all of it or nothing, durable when the promise settles.
   * Doing it again with the same bytes is harmless.
   */
  put(key: string, path: string): Promise<void>;
  /** null: there is none. */
  open(key: string): Promise<Blob | null>;
  /** Harmless where there is none. */
  remove(key: string): Promise<void>;
}

export interface Blob {
  /** In bytes. */
  readonly size: number;
  /** To be read to its end, or cancelled. */
  readonly bytes: ReadableStream<Uint8Array>;
}

/** What keys are made of. */
export const keyPattern = /^[0-9a-f-]{36}(\.thumbnail)?$/;
