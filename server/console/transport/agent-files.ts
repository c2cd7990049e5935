/** Files of conversations, up and down, with the agent's token in a header: no address here opens one by itself. */

import type { Attachment } from "../../../shared/protocol.ts";
import { DeskError } from "./desk-error.ts";

export interface AgentFiles {
  /** Address of a picture's thumbnail on this page; null where it can't be had. */
  thumbnail(attachment: Attachment): Promise<string | null>;
  /** Saves it to the device. @returns whether it could be had */
  save(attachment: Attachment): Promise<boolean>;
  /** @param told how far it has come, in [0, 1]. Rejects with `DeskError`, also where it was cancelled */
  upload(
    conversationId: string,
    file: File,
    told: (part: number) => void,
    signal: AbortSignal,
  ): Promise<Attachment>;
}

/** After this the browser has begun to write the file. */
const saveMs = 60_000;
/** For an answer to begin. */
const answerMs = 20_000;
/** Nothing of a file has left for so long, or nobody has answered. A scanner may look at it meanwhile. */
const silenceMs = 60_000;
/** Until a picture that could not be had is asked for again: this, then twice as long each time. */
const pauseMs = 3000;
const attempts = 5;

export function createAgentFiles(token: string): AgentFiles {
  const authorization = `Bearer ${token}`;
  const thumbnails = new Map<string, Promise<string | null>>();

  async function fetchBlob(path: string): Promise<string | null> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), answerMs);
    try {
      const { signal } = limit;
      const response = await fetch(`/api/v1/attachments/${path}`, { headers: { authorization }, signal });
      clearTimeout(timer);
      return response.ok ? URL.createObjectURL(await response.blob()) : null;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  async function fetchThumbnail(id: string, attempt = 1): Promise<string | null> {
    const address = await fetchBlob(`${id}/thumbnail`);
    if (address || attempt === attempts) return address;
    await new Promise((resolve) => setTimeout(resolve, pauseMs * 2 ** (attempt - 1)));
    return fetchThumbnail(id, attempt + 1);
  }

  return {
    thumbnail({ id }) {
      const known = thumbnails.get(id);
      if (known) return known;
      const asked = fetchThumbnail(id);
      thumbnails.set(id, asked);
      // Asked for again when it is drawn the next time.
      void asked.then((address) => address ?? thumbnails.delete(id));
      return asked;
    },
    async save({ id, name }) {
      const address = await fetchBlob(id);
      if (!address) return false;
      const link = document.createElement("a");
      link.href = address;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), saveMs);
      return true;
    },
    upload: (conversationId, file, told, signal) =>
      new Promise((resolve, reject) => {
        // XMLHttpRequest alone tells how far an upload has come.
        const request = new XMLHttpRequest();
        const form = new FormData();
        form.append("file", file);
        request.open("POST", `/api/v1/agent/conversations/${encodeURIComponent(conversationId)}/attachments`);
        request.setRequestHeader("authorization", authorization);
        let timer: ReturnType<typeof setTimeout>;
        const wait = (): void => {
          clearTimeout(timer);
          timer = setTimeout(() => request.abort(), silenceMs);
        };
        request.upload.onprogress = ({ loaded, total }) => {
          wait();
          told(total ? loaded / total : 0);
        };
        request.onloadend = () => {
          clearTimeout(timer);
          const answer = read(request);
          if (answer instanceof DeskError) reject(answer);
          else resolve(answer);
        };
        signal.addEventListener("abort", () => request.abort(), { once: true });
        wait();
        request.send(form);
      }),
  };
}

function read({ status, responseText }: XMLHttpRequest): Attachment | DeskError {
  try {
    const body = JSON.parse(responseText);
    if (status === 201 && typeof body.id === "string") return body as Attachment;
    if (typeof body.code === "string") return new DeskError(body.code, String(body.detail), status);
  } catch {
    // What is not of the server's form did not come from it.
  }
  return new DeskError("network", "The server can't be reached.");
}
