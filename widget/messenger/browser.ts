/** The real browser behind `Surroundings`. */

import { systemClock } from "../../shared/clock.ts";
import type { KeyValue, Socket, SocketHandlers, Surroundings } from "./surroundings.ts";

export function browserSurroundings(window: Window & typeof globalThis): Surroundings {
  return {
    clock: systemClock,
    after: (ms, run) => {
      const timer = window.setTimeout(run, ms);
      return () => window.clearTimeout(timer);
    },
    random: Math.random,
    uuid: () => uuid(window.crypto),
    fetch: (path, init) => window.fetch(path, init),
    openSocket: (handlers) => openSocket(window, handlers),
    sha256: (text) => sha256(window.crypto, text),
    online: () => window.navigator.onLine,
    visible: () => window.document.visibilityState === "visible",
    tabStorage: tolerant(() => window.sessionStorage),
    storage: tolerant(() => window.localStorage),
    broadcast: broadcast(window),
  };
}

/** RFC 9562 version 4. `crypto.randomUUID` is missing on plain http, where developers try things on a phone. */
function uuid(crypto: Crypto): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte, place) => {
    const marked = place === 6 ? (byte & 0x0f) | 0x40 : place === 8 ? (byte & 0x3f) | 0x80 : byte;
    return marked.toString(16).padStart(2, "0");
  }).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

async function sha256(crypto: Crypto, text: string): Promise<string | null> {
  // Typed as always present; absent outside secure contexts.
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  if (!subtle) return null;
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function openSocket(window: Window & typeof globalThis, handlers: SocketHandlers): Socket {
  const url = `${window.location.origin.replace(/^http/, "ws")}/api/v1/socket`;
  const socket = new window.WebSocket(url);
  socket.onopen = () => handlers.opened();
  socket.onmessage = ({ data }) => handlers.text(String(data));
  socket.onclose = ({ code }) => handlers.closed(code);
  return { send: (text) => socket.send(text), close: () => socket.close() };
}

/** Storage may be blocked (the very access throws) or full: then memory serves, for as long as the frame lives. */
export function tolerant(access: () => KeyValue): KeyValue {
  const memory = new Map<string, string>();
  const attempt = <Result>(run: (storage: KeyValue) => Result): Result | null => {
    try {
      return run(access());
    } catch {
      return null;
    }
  };
  return {
    getItem: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key)),
    setItem(key, value) {
      memory.delete(key);
      attempt((storage) => {
        storage.setItem(key, value);
        return true;
      }) ?? memory.set(key, value);
    },
    removeItem(key) {
      memory.delete(key);
      attempt((storage) => storage.removeItem(key));
    },
  };
}

function broadcast(window: Window & typeof globalThis): Surroundings["broadcast"] {
  if (!("BroadcastChannel" in window)) return { post() {}, listen() {} };
  const channel = new window.BroadcastChannel("vouch");
  return {
    post: (message) => channel.postMessage(message),
    listen: (handler) => {
      channel.onmessage = ({ data }) => handler(data);
    },
  };
}
