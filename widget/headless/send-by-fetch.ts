import {
  type FileRequest,
  type Outcome,
  outcomeOf,
  type ToldOfFile,
  uploadPath,
} from "../messenger/transport/send-file.ts";

/**
 * One file on its way where there is no XMLHttpRequest, such as in Node: the body is a stream, which tells how much of it was
 * taken.
 *
 * @returns cancels it
 */
export function sendByFetch(
  fetch: (path: string, init: RequestInit) => Promise<Response>,
  file: Pick<FileRequest, "body" | "contentType" | "sessionToken"> & { readonly fileBytes: number },
  told: ToldOfFile,
): () => void {
  const stop = new AbortController();
  const { signal } = stop;

  async function send(): Promise<Outcome> {
    const { body, contentType, sessionToken, fileBytes } = file;
    const whole = new Response(body instanceof FormData ? body : new Blob([body]));
    const init = {
      method: "POST",
      headers: {
        authorization: `Bearer ${sessionToken}`,
        "content-type": contentType ?? whole.headers.get("content-type") ?? "",
      },
      body: whole.body?.pipeThrough(counter(fileBytes, told.progress)) ?? null,
      // Typed nowhere yet, and asked for by the standard where a body is a stream.
      duplex: "half",
      signal,
    };
    try {
      const response = await fetch(uploadPath, init);
      return outcomeOf(response.status, await response.text());
    } catch {
      return outcomeOf(0, "");
    }
  }

  void send().then((outcome) => signal.aborted || told.over(outcome));
  return () => stop.abort();
}

/** Boundaries and headers come on top of the file: the last of it is never more than all of it. */
function counter(
  fileBytes: number,
  progress: (part: number) => void,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let sentBytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      sentBytes += chunk.length;
      progress(fileBytes ? Math.min(1, sentBytes / fileBytes) : 1);
    },
  });
}
