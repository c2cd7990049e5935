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

export function createDownloads(token: () => string): Downloads {
  let thumbnails = new Map<string, Promise<string | null>>();
  let stop = new AbortController();

  async function fetchBlob(path: string): Promise<string | null> {
    const { signal } = stop;
    try {
      const headers = { authorization: `Bearer ${token()}` };
      const response = await fetch(`/api/v1/attachments/${path}`, { headers, signal });
      const blob = response.ok ? await response.blob() : null;
      return blob && !signal.aborted ? URL.createObjectURL(blob) : null;
    } catch {
      return null;
    }
  }

  return {
    thumbnail({ id }) {
      const known = thumbnails.get(id);
      if (known) return known;
      const cache = thumbnails;
      const asked = fetchBlob(`${id}/thumbnail`);
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
