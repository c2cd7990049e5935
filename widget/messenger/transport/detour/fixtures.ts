/** The events' address of a companion, answered by hand. */

import type { Surroundings } from "../../surroundings.ts";

export interface Asked {
  readonly path: string;
  readonly init: RequestInit;
  /** Frames of a POST. */
  readonly frames: readonly { readonly t: string }[];
  readonly isAborted: () => boolean;
  answer(response: Response): void;
  /** An event stream that goes on. */
  stream(): { write(text: string): void; end(): void };
  fail(): void;
}

export interface FakeEvents {
  readonly fetch: Surroundings["fetch"];
  readonly asked: readonly Asked[];
  /** The last request that was made. */
  last(): Asked;
}

export const frame = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

export const eventStream = (...parts: readonly string[]): Response =>
  new Response(parts.join(""), { headers: { "content-type": "text/event-stream; charset=utf-8" } });

export const refusal = (status: number, code: string): Response => Response.json({ code }, { status });

export function fakeEvents(): FakeEvents {
  const asked: Asked[] = [];
  return {
    asked,
    last() {
      const request = asked.at(-1);
      if (!request) throw new Error("Nothing was asked.");
      return request;
    },
    fetch: (path, init) =>
      new Promise((resolve, reject) => {
        let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
        init.signal?.addEventListener("abort", () => {
          reject(new DOMException("Aborted", "AbortError"));
          controller?.error(new DOMException("Aborted", "AbortError"));
        });
        asked.push({
          path,
          init,
          frames: init.body ? JSON.parse(String(init.body)).frames : [],
          isAborted: () => init.signal?.aborted ?? false,
          answer: resolve,
          stream() {
            const body = new ReadableStream<Uint8Array>({
              start(given) {
                controller = given;
              },
            });
            resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
            return {
              write: (text) => controller?.enqueue(new TextEncoder().encode(text)),
              end: () => controller?.close(),
            };
          },
          fail: () => reject(new TypeError("Failed to fetch")),
        });
      }),
  };
}

/** Lets streams be read: their promises need turns of the event loop. */
export const turns = async (): Promise<void> => {
  for (let count = 0; count < 5; count++) await new Promise((resolve) => setTimeout(resolve));
};
