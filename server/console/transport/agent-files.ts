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

export function createAgentFiles(token: string): AgentFiles {
  const authorization = `Bearer ${token}`;
  const thumbnails = new Map<string, Promise<string | null>>();

  async function fetchBlob(path: string): Promise<string | null> {
    try {
      const response = await fetch(`/api/v1/attachments/${path}`, { headers: { authorization } });
      return response.ok ? URL.createObjectURL(await response.blob()) : null;
    } catch {
      return null;
    }
  }

  return {
    thumbnail({ id }) {
      const known = thumbnails.get(id);
      if (known) return known;
      const asked = fetchBlob(`${id}/thumbnail`);
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
        request.upload.onprogress = ({ loaded, total }) => told(total ? loaded / total : 0);
        request.onloadend = () => {
          const answer = read(request);
          if (answer instanceof DeskError) reject(answer);
          else resolve(answer);
        };
        signal.addEventListener("abort", () => request.abort(), { once: true });
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
