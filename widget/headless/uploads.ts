/** Files on their way to the server, each of whoever was signed in when it was handed in. */

import { messengerError } from "../bridge/messenger-error.ts";
import type { MessengerModel } from "../messenger/model/messenger-model.ts";
import { onOtherHolder } from "../messenger/model/other-holder.ts";
import type { Surroundings } from "../messenger/surroundings.ts";
import { type Outcome, sendFile, type ToldOfFile, uploadPath } from "../messenger/transport/send-file.ts";
import type { HeadlessClient, HeadlessOptions } from "./client.ts";
import { bodyOf, type HeadlessFile, sizeOf } from "./file.ts";
import { sendByFetch } from "./send-by-fetch.ts";

export interface Uploads extends Pick<HeadlessClient, "upload"> {
  /** Gives up what is on its way. */
  end(): void;
}

export function createHeadlessUploads(
  options: Pick<HeadlessOptions, "url" | "XMLHttpRequest">,
  { fetch, uuid }: Pick<Surroundings, "fetch" | "uuid">,
  model: Pick<MessengerModel, "deployment" | "session" | "token">,
): Uploads {
  const { url, XMLHttpRequest = globalThis.XMLHttpRequest } = options;
  const { attachmentBytes } = model.deployment.limits;
  const underWay = new Set<(reason: string) => void>();
  const endAll = (reason: string): void => {
    for (const end of underWay) end(reason);
  };
  const forget = onOtherHolder(model.session, () =>
    endAll("Whoever handed the file in is not signed in any more."),
  );

  function begin(file: HeadlessFile, told: ToldOfFile): () => void {
    const request = { ...bodyOf(file, uuid), sessionToken: model.token(), address: url + uploadPath };
    return XMLHttpRequest
      ? sendFile({ ...request, request: new XMLHttpRequest() }, told)
      : sendByFetch(fetch, { ...request, fileBytes: sizeOf(file) ?? 0 }, told);
  }

  return {
    upload: (file, { onProgress = () => {}, signal } = {}) =>
      new Promise((resolve, reject) => {
        if ((sizeOf(file) ?? 0) > attachmentBytes) {
          reject(messengerError("too_large", `A file has at most ${attachmentBytes} bytes.`));
          return;
        }
        const cancel = begin(file, {
          progress: onProgress,
          over(outcome) {
            leave();
            if (outcome.kind === "ready") resolve(outcome.attachment);
            else reject(errorOf(outcome));
          },
        });
        const end = (reason: string): void => {
          leave();
          cancel();
          reject(messengerError("destroyed", reason));
        };
        const aborted = (): void => end("The upload was given up.");
        const leave = (): void => {
          underWay.delete(end);
          signal?.removeEventListener("abort", aborted);
        };
        underWay.add(end);
        signal?.addEventListener("abort", aborted);
        if (signal?.aborted) aborted();
      }),
    end() {
      forget();
      endAll("The client was closed.");
    },
  };
}

const errorOf = ({ code, message, retryable }: Extract<Outcome, { kind: "failed" }>) =>
  messengerError(code, message ?? "The companion does not answer.", retryable);
