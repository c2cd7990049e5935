/** Entry of `messenger.js`: turns the stub's object into the messenger's, whichever of the two ran first. */

import type { MessengerApi } from "./api.ts";
import { createPublicApi } from "./public-api.ts";
import { type Queued, takeOver } from "./queue.ts";

/** Path of the bundle of `connected/connection.ts`, named by its content; written in by the build. */
declare const CONNECTION_FILE: string;

/** What the stub left: its queue, and the address of this file. */
interface Stub {
  q?: Queued[];
  u?: string;
}

const page = window as unknown as { Messenger?: Stub; messengerSettings?: unknown };
const stub = page.Messenger;

// Without a queue it is a messenger already: this file ran before.
if (!stub || stub.q) {
  const src = stub?.u ?? (document.currentScript as HTMLScriptElement).src;
  const queue = stub?.q ?? [];
  const { origin } = new URL(src);
  let attempts = 0;
  const api: MessengerApi = createPublicApi(
    origin,
    () => page.messengerSettings,
    // A module that failed to load fails for ever under its address; the fragment makes the next attempt another one.
    () => import(/* @vite-ignore */ `${origin}${CONNECTION_FILE}#${attempts++}`),
  );
  delete stub?.q;
  page.Messenger = Object.assign(stub ?? {}, api);
  // Before the queue, which may hold a login; a page that calls boot() by hand has its own settings.
  if (page.messengerSettings && !queue.some(([name]) => name === "boot")) api.boot();
  takeOver(queue, api);
}
