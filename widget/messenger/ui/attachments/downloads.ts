/** Files of messages, fetched with the session's token: an address that opened them by itself could be passed on. */

import type { Attachment } from "../../../../shared/protocol.ts";

export interface Downloads {
  /** Address of a picture's thumbnail on this page; null where it can't be had. */
  thumbnail(attachment: Attachment): Promise<string | null>;
  /** Saves the file to the device. @returns whether it could be had */
  save(attachment: Attachment): Promise<boolean>;
  /** Forgets everything; what is on its way is nobody's. */
  clear(): void;
}

/** After this the browser has begun to write the file. */
const saveMs = 60_000;
/** For an answer to begin. */
const answerMs = 20_000;
/** Until a picture that could not be had is asked for again: this, then twice as long each time. */
const pauseMs = 3000;
const attempts = 5;

export function createDownloads(token: () => string): Downloads {
  let thumbnails = new Map<string, Promise<string | null>>();
  let stop = new AbortController();

  async function fetchBlob(path: string): Promise<string | null> {
    const { signal } = stop;
    const limit = new AbortController();
    const giveUp = (): void => limit.abort();
    const timer = setTimeout(giveUp, answerMs);
    signal.addEventListener("abort", giveUp);
    try {
      const headers = { authorization: `Bearer ${token()}` };
      const response = await fetch(`/api/v1/attachments/${path}`, { headers, signal: limit.signal });
      clearTimeout(timer);
      const blob = response.ok ? await response.blob() : null;
      return blob && !signal.aborted ? URL.createObjectURL(blob) : null;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    }
  }

  async function fetchThumbnail(id: string, attempt = 1): Promise<string | null> {
    const { signal } = stop;
    const address = await fetchBlob(`${id}/thumbnail`);
    if (address || attempt === attempts) return address;
    await new Promise((resolve) => setTimeout(resolve, pauseMs * 2 ** (attempt - 1)));
    return signal.aborted ? null : fetchThumbnail(id, attempt + 1);
  }

  return {
    thumbnail({ id }) {
      const known = thumbnails.get(id);
      if (known) return known;
      const cache = thumbnails;
      const asked = fetchThumbnail(id);
      cache.set(id, asked);
      // Asked for again when it is drawn the next time.
      void asked.then((address) => address ?? cache.delete(id));
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
    clear() {
      stop.abort();
      stop = new AbortController();
      for (const asked of thumbnails.values())
        void asked.then((address) => address && URL.revokeObjectURL(address));
      thumbnails = new Map();
    },
  };
}
