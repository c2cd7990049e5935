/** The real browser behind `Surroundings`. */

import { systemClock } from "../../shared/clock.ts";
import { attempt } from "./attempt.ts";
import { fingerprint, uuid } from "./fingerprint.ts";
import { insist } from "./insist.ts";
import type { Companies } from "./model/company.ts";
import { wipeWords } from "./outbox/wipe-words.ts";
import type { KeyValue, Surroundings } from "./surroundings.ts";

export function browserSurroundings(): Surroundings {
  let isForgetful = false;
  const channel = attempt(() => new BroadcastChannel("vouch:logout"));
  const loadCompanies = async (): Promise<Companies> =>
    (await import("./model/browser-companies.ts")).browserCompanies(isForgetful ? "shared" : "own");
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
    loadDetour: async () => (await import("./transport/detour/detour.ts")).detourOf,
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
      loadCompanies().catch(() => {});
    },
    loadSignInWindow: async () =>
      (await insist(() => import("./session/browser-sign-in-window.ts"))).browserSignInWindow,
    loadCompanies,
    wipeWords,
    broadcast: {
      post: (departure) => channel?.postMessage(departure),
      listen: (handler) => channel?.addEventListener("message", ({ data }) => handler(data)),
    },
  };
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
