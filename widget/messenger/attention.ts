/**
 * Watches the page and the device for the engine: whether anybody looks, whether there is a network, whether the device slept.
 * Loaded right after the engine, which goes on without it where that fails.
 */

import type { Engine } from "./engine.ts";
import type { Surroundings } from "./surroundings.ts";

/** What is watched of a browser. */
export interface Watched {
  readonly window: EventTarget;
  readonly document: EventTarget & { readonly hidden: boolean };
  /** Tells of another network; only some browsers have it. */
  readonly network: EventTarget | undefined;
}

const thisBrowser: Watched = { window, document, network: Reflect.get(navigator, "connection") };

/** A page that nobody looks at keeps its connection for so long; it catches up when it is seen again. */
export const hiddenMs = 300_000;
const lookMs = 10_000;
/** Timers of a hidden page may be a minute late; of one that is seen, only the device's sleep makes them that late. */
const asleepMs = 30_000;

export function attend(
  { acted, woken, tell }: Pick<Engine, "acted" | "woken" | "tell">,
  { after, clock }: Pick<Surroundings, "after" | "clock">,
  { window, document, network }: Watched = thisBrowser,
): void {
  let cancelRest = (): void => {};

  function look(): void {
    cancelRest();
    if (document.hidden) restLater();
    else woken();
  }

  /** Again and again: a session that is renewed meanwhile connects. */
  function restLater(): void {
    cancelRest = after(hiddenMs, () => {
      tell("rest");
      restLater();
    });
  }

  /** A laptop that is opened again tells nobody: its sockets are dead, and their timers have slept as well. */
  function watchSleep(since: number): void {
    after(lookMs, () => {
      // A clock that was set makes the same impression, and to ask once whether the socket lives harms nobody.
      if (Math.abs(clock.now() - since - lookMs) > asleepMs && !document.hidden) woken();
      watchSleep(clock.now());
    });
  }

  network?.addEventListener("change", look);
  window.addEventListener("online", look);
  window.addEventListener("offline", () => tell("offline"));
  // Back from the browser's page cache, where sockets do not live.
  window.addEventListener("pageshow", look);
  document.addEventListener("visibilitychange", look);
  watchSleep(clock.now());
  // Whatever a customer does, by hand or through an assistive technology, ends in one of these.
  for (const type of ["click", "input", "keydown"]) window.addEventListener(type, acted);
  if (document.hidden) look();
}
