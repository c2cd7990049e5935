/** What is kept in a browser, and what is connected: of one tab, asked apart from what it shows. */

import type { Frame, Page, WebSocket } from "playwright-core";

/** Everything that an origin can keep in a browser. */
export async function keptBy(where: Page | Frame): Promise<string> {
  return where.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    const cached: string[] = [];
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) cached.push(url);
    const workers = (await navigator.serviceWorker.getRegistrations()).length;
    const local = { ...localStorage };
    const tab = { ...sessionStorage };
    return JSON.stringify({
      local,
      tab,
      databases,
      cached,
      workers,
      cookie: document.cookie,
      name: window.name,
    });
  });
}

/** The same where nothing is kept. */
export const keptByNobody = (name: string): string =>
  JSON.stringify({ local: {}, tab: {}, databases: [], cached: [], workers: 0, cookie: "", name });

/** @returns for each socket of the page that is open now, the conversation that the server lets it hear; null: none yet */
export function watchSockets(page: Page): () => readonly (string | null)[] {
  const open = new Map<WebSocket, string | null>();
  page.on("websocket", (socket) => {
    open.set(socket, null);
    socket.on("framereceived", ({ payload }) => {
      const frame = JSON.parse(String(payload));
      if (frame.t === "ready") open.set(socket, frame.conversationId);
    });
    socket.on("close", () => open.delete(socket));
  });
  // A page that was left takes its sockets along, and says so of none.
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) open.clear();
  });
  return () => [...open.values()];
}
