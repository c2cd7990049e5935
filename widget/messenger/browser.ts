/** The real browser behind `Surroundings`. */

import { systemClock } from "../../shared/clock.ts";
import type { KeyValue, Surroundings } from "./surroundings.ts";

export function browserSurroundings(): Surroundings {
  let isForgetful = false;
  const channel = attempt(() => new BroadcastChannel("vouch:logout"));
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
      socket.onmessage = ({ data }) => text(data);
      socket.onclose = ({ code, reason }) => closed(code, reason);
      return socket;
    },
    fingerprint,
    online: () => navigator.onLine,
    visible: () => !document.hidden,
    tabStorage: tolerant(
      () => sessionStorage,
      () => isForgetful,
    ),
    storage: tolerant(
      () => localStorage,
      () => isForgetful,
    ),
    forget: () => {
      isForgetful = true;
    },
    loadSignInWindow: async () => {
      const { createSignInWindow } = await import("./session/sign-in-window.ts");
      return createSignInWindow(window, (name) => attempt(() => new BroadcastChannel(name)));
    },
    broadcast: {
      post: (contactId) => channel?.postMessage(contactId),
      listen: (handler) => channel?.addEventListener("message", ({ data }) => handler(data)),
    },
  };
}

/** Where a browser keeps storage from frames of other sites, the very access throws, and so do channels between tabs. */
function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined;
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

async function fingerprint(text: string): Promise<string> {
  // Typed as always present; absent on plain http.
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  return subtle
    ? hex(new Uint8Array(await subtle.digest("SHA-256", new TextEncoder().encode(text))))
    : uuid();
}

/**
 * Storage may be blocked or full: then memory serves, for as long as the frame lives.
 * @param isForgetful memory alone serves from now on; what is stored can still be read and removed
 */
export function tolerant(
  access: () => Pick<Storage, "getItem" | "setItem" | "removeItem">,
  isForgetful = () => false,
): KeyValue {
  const memory = new Map<string, string | null>();
  return {
    get: (key) => memory.get(key) ?? attempt(() => access().getItem(key)) ?? null,
    set(key, value) {
      memory.delete(key);
      try {
        if (value !== null && !isForgetful()) {
          access().setItem(key, value);
          return;
        }
        access().removeItem(key);
      } catch {
        // As good as stored.
      }
      memory.set(key, value);
    },
  };
}
