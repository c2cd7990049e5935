import { attempt } from "../attempt.ts";

/** A database for each owner: wiping is one call, whatever other tabs are doing, and leaves no name behind. */
export const databaseOf = (owner: string): string => `vouch:outbox:${owner}`;

/** The last wipe of each owner in this frame: a transaction that it overtook, before it began, does not come after it. */
export const wipes = new Map<string, object>();

/** A browser that does not say is waited for no longer. */
const wipeMs = 1000;

/** Also without the rest of the outbox, which may not have been loaded. Other tabs that have it open are told, and let go. */
export const wipeWords = (owner: string): Promise<void> =>
  new Promise((done) => {
    wipes.set(owner, {});
    const request = attempt(() => indexedDB.deleteDatabase(databaseOf(owner)));
    if (request) request.onsuccess = request.onerror = request.onblocked = () => done();
    setTimeout(done, request ? wipeMs : 0);
  });
