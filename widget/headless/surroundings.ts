/** The engine's surroundings where there is no page: what the application hands in, and defaults of the platform. */

import { systemClock } from "../../shared/clock.ts";
import { fingerprint, uuid } from "../messenger/fingerprint.ts";
import { createCompanies } from "../messenger/model/company.ts";
import type { Surroundings } from "../messenger/surroundings.ts";
import { detourOf } from "../messenger/transport/detour/detour.ts";
import type { HeadlessOptions } from "./client.ts";
import { keptWords, memoryStorage, mirror } from "./storage.ts";

export interface Life {
  readonly surroundings: Surroundings;
  /** Whether somebody uses the application now. */
  setActive(isActive: boolean): void;
  /** Nothing runs any more. */
  end(): void;
}

export async function headlessSurroundings(options: HeadlessOptions): Promise<Life> {
  const { url, deploymentId, storage = memoryStorage(), isOnline = () => true } = options;
  const { fetch = globalThis.fetch, WebSocket = globalThis.WebSocket, randomUUID = uuid } = options;
  if (randomUUID === uuid && !globalThis.crypto?.getRandomValues)
    throw new TypeError(
      "There is no crypto.getRandomValues here: hand in randomUUID, or load a polyfill such as react-native-get-random-values first.",
    );
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let isActive = true;
  let isOver = false;
  const words = keptWords(storage);
  const kept = await mirror(storage, [`vouch:${deploymentId}:visitor`, "vouch:revoke"]);
  const companies = createCompanies({
    words,
    locks: undefined,
    openChannel: () => undefined,
    listen: () => () => {},
  });
  const session = new Map<string, string>();

  return {
    setActive(active) {
      isActive = active;
    },
    end() {
      isOver = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
    surroundings: {
      clock: systemClock,
      after(ms, run) {
        if (isOver) return () => {};
        const timer = setTimeout(() => {
          timers.delete(timer);
          run();
        }, ms);
        timers.add(timer);
        return () => {
          clearTimeout(timer);
          timers.delete(timer);
        };
      },
      random: Math.random,
      uuid: randomUUID,
      fetch: (path, init) => fetch(url + path, init),
      openSocket({ opened, text, closed }) {
        const socket = new WebSocket(`${url.replace(/^http/, "ws")}/api/v1/socket`);
        socket.onopen = opened;
        socket.onmessage = ({ data }) => text(String(data));
        socket.onclose = ({ code, reason }) => closed(code, reason);
        return { send: (frame) => socket.send(frame), close: () => socket.close() };
      },
      loadDetour: async () => detourOf,
      // Without WebCrypto something that equals no other, as on a page without https.
      fingerprint: (text) => (globalThis.crypto?.subtle ? fingerprint(text) : Promise.resolve(randomUUID())),
      online: isOnline,
      visible: () => isActive,
      // A signed-in session is used again by nobody but who shows its token: it lives as long as the client.
      tabStorage: {
        get: (key) => session.get(key) ?? null,
        set: (key, value) => void (value === null ? session.delete(key) : session.set(key, value)),
      },
      storage: kept,
      forget: () => {},
      // There is no window here.
      loadSignInWindow: () => new Promise(() => {}),
      loadCompanies: async () => companies,
      wipeWords: words.wipe,
      broadcast: { post: () => {}, listen: () => {} },
    },
  };
}
