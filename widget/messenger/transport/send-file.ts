/** One file on its way to the server, by XMLHttpRequest, which alone tells how far an upload has come. */

import type { ErrorCode } from "../../../shared/problems.ts";
import type { Attachment } from "../../../shared/protocol.ts";

export type Outcome =
  | { readonly kind: "ready"; readonly attachment: Attachment }
  | {
      readonly kind: "failed";
      readonly code: ErrorCode;
      readonly retryable: boolean;
      /** Cause and fix, for the developer; absent where the server said nothing. */
      readonly message?: string;
    };

/** Told of the progress, a part in [0, 1], then once of the outcome; of nothing any more once it is cancelled. */
export interface ToldOfFile {
  progress(part: number): void;
  over(outcome: Outcome): void;
}

export const uploadPath = "/api/v1/attachments";

export interface FileRequest {
  readonly body: FormData | Uint8Array<ArrayBuffer>;
  /** Of a body that does not say so itself. */
  readonly contentType?: string | undefined;
  readonly sessionToken: string;
  /** Default: on this origin. */
  readonly address?: string;
  /** Default: the platform's. */
  readonly request?: XMLHttpRequest;
}

/** Nothing of a file has left for so long, or nobody has answered. A scanner may look at it meanwhile. */
const silenceMs = 60_000;

/** @returns cancels it */
export function sendFile(
  { body, contentType, sessionToken, address = uploadPath, request = new XMLHttpRequest() }: FileRequest,
  told: ToldOfFile,
): () => void {
  request.open("POST", address);
  request.setRequestHeader("authorization", `Bearer ${sessionToken}`);
  if (contentType) request.setRequestHeader("content-type", contentType);
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => request.abort(), silenceMs);
  };
  request.upload.onprogress = ({ loaded, total }) => {
    wait();
    told.progress(total ? loaded / total : 0);
  };
  request.onloadend = () => {
    clearTimeout(timer);
    told.over(outcomeOf(request.status, request.responseText));
  };
  wait();
  request.send(body);
  return () => {
    clearTimeout(timer);
    request.onloadend = null;
    request.upload.onprogress = null;
    request.abort();
  };
}

/** What an answer says of the file. @param status 0: there was none */
export function outcomeOf(status: number, text: string): Outcome {
  try {
    const body = JSON.parse(text);
    if (status === 201 && typeof body.id === "string")
      return { kind: "ready", attachment: body as Attachment };
    if (typeof body.code === "string")
      return {
        kind: "failed",
        code: body.code,
        retryable: status === 401 || status === 429 || status >= 500,
        message: `${body.detail} ${body.fix}`,
      };
  } catch {
    // What is not of the server's form did not come from it.
  }
  return { kind: "failed", code: "network", retryable: true };
}
