import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as WebStream } from "node:stream/web";
import { Busboy, type BusboyConfig, type BusboyInstance } from "@fastify/busboy";
import { ProblemError } from "../../../shared/problem-error.ts";

export interface UploadedFile {
  /** The last part of what the sender calls it; empty where it has no name. */
  readonly name: string;
  /** Throws a ProblemError where they stop coming, or are no part of a whole body. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface UploadBounds {
  /** Of the file; boundaries and headers have 16 KiB besides. */
  readonly maxBytes: number;
  /** Without a byte. Default 20,000. */
  readonly idleMs?: number;
  /** From the first byte to the last. Default 600,000. */
  readonly wholeMs?: number;
}

const framingBytes = 16 * 1024;

/**
 * Passes the one file of a `multipart/form-data` body on as it comes in, never holding more of it than a chunk.
 *
 * @param receive called once; the file has been read to its end, or given up, when its promise settles
 * Throws what `receive` throws, `request_invalid` where there is no whole body with a file, `too_large` before reading on.
 */
export async function readUpload<Result>(
  { headers, body }: Pick<Request, "headers" | "body">,
  { maxBytes, idleMs = 20_000, wholeMs = 600_000 }: UploadBounds,
  receive: (file: UploadedFile) => Promise<Result>,
): Promise<Result> {
  const most = maxBytes + framingBytes;
  if (Number(headers.get("content-length") ?? 0) > most) throw tooLarge(maxBytes);
  const parser = createParser(headers.get("content-type") ?? "", maxBytes);
  if (!body) throw incomplete();

  // One more may come after the pipeline has ended with the first.
  parser.on("error", () => {});
  const stop = new AbortController();
  let file: Readable | null = null;
  let receiving: Promise<Result> | null = null;
  parser.on("file", (_field, stream, name) => {
    file = stream;
    // The parser tells of an early end by an event alone, to whoever listens at that moment: nobody, or one who reads later.
    stream.on("error", (error) => stream.destroy(error));
    receiving = receive({ name: name ?? "", bytes: wholeFile(stream) });
    // Whoever wants no more of it need not be sent more of it.
    receiving.catch(() => stop.abort());
  });

  async function* bounded(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    let bytes = 0;
    for await (const chunk of chunks) {
      idle.refresh();
      bytes += chunk.byteLength;
      if (bytes > most) throw tooLarge(maxBytes);
      yield chunk;
    }
  }

  const giveUp = (): void => stop.abort(tooSlow());
  const idle = setTimeout(giveUp, idleMs);
  const whole = setTimeout(giveUp, wholeMs);
  try {
    const { signal } = stop;
    const parsed = pipeline(Readable.fromWeb(body as WebStream<Uint8Array>), bounded, parser, { signal });
    // What follows the end of the form keeps the parser from ending at all, even where it is destroyed.
    await Promise.race([parsed, aborted(signal)]);
  } catch (error) {
    const problem = problemOf(stop.signal.aborted ? stop.signal.reason : error);
    // The parser leaves the file hanging where it is cut off itself.
    (file as Readable | null)?.destroy(problem);
    if (receiving) await receiving;
    throw problem;
  } finally {
    clearTimeout(idle);
    clearTimeout(whole);
  }
  if (!receiving) throw incomplete();
  return await receiving;
}

function createParser(contentType: string, maxBytes: number): BusboyInstance {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) throw incomplete();
  const config: BusboyConfig = {
    headers: { "content-type": contentType },
    // One byte more than is taken, so that what is too large is seen to be.
    limits: { files: 1, fileSize: maxBytes + 1, fields: 4, fieldSize: 1024, parts: 5, headerPairs: 16 },
  };
  try {
    return new Busboy(config);
  } catch {
    throw incomplete();
  }
}

async function* wholeFile(stream: Readable): AsyncIterable<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw problemOf(error);
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

const problemOf = (error: unknown): ProblemError => (error instanceof ProblemError ? error : incomplete());

const incomplete = () =>
  new ProblemError("request_invalid", {
    detail: "The body is not a whole multipart/form-data form with a file in it.",
  });

const tooSlow = () => new ProblemError("request_invalid", { detail: "The file came too slowly." });

const tooLarge = (maxBytes: number) =>
  new ProblemError("too_large", { detail: `The attachment has more than ${maxBytes} bytes.` });
