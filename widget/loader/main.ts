/** Entry of `messenger.js`: turns the stub's object into the messenger's, whichever of the two ran first. */

import type { MessengerApi } from "./api.ts";
import { createLoadFile } from "./load-file.ts";
import { createPublicApi } from "./public-api.ts";
import { type Queued, takeOver } from "./queue.ts";

/** Paths of what `load-file.ts` loads, each bundle named by its content; written in by the build. */
declare const CONNECTION_FILE: string;
declare const QUESTIONS_FILE: string;

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
  const loadFile = createLoadFile((url) => import(/* @vite-ignore */ url));
  const api: MessengerApi = createPublicApi(origin, () => page.messengerSettings, {
    loadConnection: () => loadFile(origin + CONNECTION_FILE),
    loadQuestions: () => loadFile(origin + QUESTIONS_FILE),
  });
  delete stub?.q;
  page.Messenger = Object.assign(stub ?? {}, api);
  // Before the queue, which may hold a login; a page that calls boot() by hand has its own settings.
  if (page.messengerSettings && !queue.some(([name]) => name === "boot")) api.boot();
  takeOver(queue, api);
}
