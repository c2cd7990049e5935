import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "../../../shared/problem-error.ts";
import { readUpload, type UploadedFile } from "./read-upload.ts";

const headers = new Headers({ "content-type": "multipart/form-data; boundary=b" });
const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';

async function readAll({ bytes }: UploadedFile): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe("An upload that comes too slowly", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** One byte, each so many milliseconds. */
  function trickle(everyMs: number) {
    let timer: NodeJS.Timeout;
    const cancelled = vi.fn(() => clearTimeout(timer));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from(head));
        const drop = (): void => {
          controller.enqueue(Buffer.from("a"));
          timer = setTimeout(drop, everyMs);
        };
        timer = setTimeout(drop, everyMs);
      },
      cancel: cancelled,
    });
    return { body, cancelled };
  }

  async function refusalAfter(ms: number, body: ReadableStream<Uint8Array>) {
    const bounds = { maxBytes: 1000, idleMs: 20, wholeMs: 100 };
    const outcome = readUpload({ headers, body } as never, bounds, readAll).catch((error: unknown) => error);
    const settled = vi.fn();
    void outcome.then(settled);
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2);
    vi.useRealTimers();
    return outcome;
  }

  it("is given up after so long without a byte", async () => {
    const { body, cancelled } = trickle(50);
    expect(await refusalAfter(20, body)).toMatchObject({ code: "request_invalid", message: /slowly/ });
    expect(cancelled).toHaveBeenCalled();
  });

  it("is given up after so long as a whole, though bytes keep coming", async () => {
    const { body, cancelled } = trickle(15);
    expect(await refusalAfter(100, body)).toMatchObject({ code: "request_invalid", message: /slowly/ });
    expect(cancelled).toHaveBeenCalled();
  });
});

describe("An upload", () => {
  const whole = `${head}hello\r\n--b--\r\n`;
  const read = <Result>(body: string, receive: (file: UploadedFile) => Promise<Result>) =>
    readUpload({ headers, body: new Response(body).body }, { maxBytes: 10 }, receive);

  it("is passed on under its name", async () => {
    expect(await read(whole, async (file) => [file.name, await readAll(file)])).toEqual(["a.txt", "hello"]);
  });

  it("fails as its receiver does, which need not read it", async () => {
    const error = new Error("no room");
    await expect(read(whole, () => Promise.reject(error))).rejects.toBe(error);
  });

  it("is one byte more than is taken, where it is larger, so that its receiver sees that", async () => {
    const body = `${head}${"a".repeat(50)}\r\n--b--\r\n`;
    expect(await read(body, async (file) => (await readAll(file)).length)).toBe(11);
  });
});

describe("What comes beside the file", () => {
  /** Goes on for ever after `begun`. */
  function endless(begun: string) {
    const sent = { bytes: 0 };
    const piece = Buffer.from("a".repeat(1024));
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        // Of no use to a test that waits for an end.
        if (sent.bytes > 1_000_000) controller.close();
        const next = sent.bytes === 0 ? Buffer.from(begun) : piece;
        sent.bytes += next.byteLength;
        controller.enqueue(next);
      },
    });
    return { body, sent };
  }

  it.each([
    ["before it", "--b\r\nContent-Disposition: form-data; name="],
    ["behind it", `${head}hello\r\n--b\r\nContent-Disposition: form-data; name="more"\r\n\r\n`],
  ])("is counted as it comes, %s", async (_, begun) => {
    const { body, sent } = endless(begun);
    const outcome = readUpload({ headers, body } as never, { maxBytes: 1000 }, readAll);
    await expect(outcome).rejects.toMatchObject({ code: "too_large" });
    expect(sent.bytes).toBeLessThan(100_000);
  });
});

describe("Whatever bytes come, in whatever pieces,", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "--b\r\n",
      "--b--\r\n",
      "--b--",
      "\r\n",
      head,
      head.slice(5),
      "Content-Type: a/b\r\n\r\n",
    ),
    fc.constantFrom("--b", "-", "\r", "\n", ": ", 'filename="'),
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constant("a".repeat(70)),
  );
  const bodies = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

  function inPieces(body: string, sizes: readonly number[], isWhole: boolean): ReadableStream<Uint8Array> {
    const bytes = Buffer.from(body);
    let at = 0;
    let turn = 0;
    return new ReadableStream({
      pull(controller) {
        const end = at + (sizes[turn++ % sizes.length] ?? 1);
        if (at < bytes.length) controller.enqueue(bytes.subarray(at, end));
        else if (isWhole) controller.close();
        else controller.error(new Error("gone"));
        at = end;
      },
    });
  }

  it("an upload ends in its file or a refusal, and leaves no error for the process", async () => {
    await fc.assert(
      fc.asyncProperty(bodies, cuts, fc.boolean(), async (body, sizes, isWhole) => {
        const upload = { headers, body: inPieces(body, sizes, isWhole) } as never;
        const bounds = { maxBytes: 100, idleMs: 10 };
        const outcome = await readUpload(upload, bounds, async (file) => {
          await new Promise(setImmediate);
          return await readAll(file);
        }).catch((error: unknown) => error);
        expect(typeof outcome === "string" || outcome instanceof ProblemError).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
