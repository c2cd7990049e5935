/** The real browser behind `Surroundings`. */

import { systemClock } from "../../shared/clock.ts";
import type { KeyValue, Surroundings } from "./surroundings.ts";

export function browserSurroundings(): Surroundings {
  const channel = openChannel();
  return {
    clock: systemClock,
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    uuid,
    fetch: (path, init) => fetch(path, init),
    openSocket({ opened, text, closed }) {
      const socket = new WebSocket(`${location.origin.replace("http", "ws")}/api/v1/socket`);
      socket.onopen = opened;
      socket.onmessage = ({ data }) => text(String(data));
      socket.onclose = ({ code }) => closed(code);
      return socket;
    },
    sha256,
    online: () => navigator.onLine,
    visible: () => !document.hidden,
    tabStorage: tolerant(() => sessionStorage),
    storage: tolerant(() => localStorage),
    broadcast: {
      post: (message) => channel?.postMessage(message),
      listen(handler) {
        channel?.addEventListener("message", ({ data }) => handler(data));
      },
    },
  };
}

/** Where a browser keeps storage from frames of other sites, some refuse this too: then the server's word has to do. */
function openChannel(): BroadcastChannel | null {
  try {
    return new BroadcastChannel("vouch");
  } catch {
    return null;
  }
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** RFC 9562 version 4. `crypto.randomUUID` is missing on plain http, where developers try things on a phone. */
function uuid(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16))).replace(
    /(.{8})(.{4}).(.{3}).(.{3})/,
    "$1-$2-4$3-8$4-",
  );
}

async function sha256(text: string): Promise<string | null> {
  // Typed as always present; absent on plain http.
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  return subtle ? hex(new Uint8Array(await subtle.digest("SHA-256", new TextEncoder().encode(text)))) : null;
}

/** Storage may be blocked (the very access throws) or full: then memory serves, for as long as the frame lives. */
export function tolerant(access: () => KeyValue): KeyValue {
  const memory = new Map<string, string>();
  const attempt = <Result>(run: (storage: KeyValue) => Result, otherwise: Result): Result => {
    try {
      return run(access());
    } catch {
      return otherwise;
    }
  };
  return {
    getItem: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key), null),
    setItem(key, value) {
      memory.set(key, value);
      attempt((storage) => {
        storage.setItem(key, value);
        memory.delete(key);
      }, undefined);
    },
    removeItem(key) {
      memory.delete(key);
      attempt((storage) => storage.removeItem(key), undefined);
    },
  };
}
