/**
 * Words in IndexedDB: a database for each owner, with one list in it. A database that is deleted tells every tab that has
 * it open, so a wipe is final: what another tab writes after it is kept nowhere.
 */

import type { Clock } from "../../../shared/clock.ts";
import { readWords } from "./kept-words.ts";
import { databaseOf, wipes, wipeWords } from "./wipe-words.ts";
import type { UpdateWords, WordStorage, WordStore } from "./words.ts";

const storeName = "outbox";
const listKey = "waiting";
/** Nobody comes back for words that are older; their own owner may still send them, should they come first. */
const forgottenMs = 30 * 86_400_000;

/** What stands under `listKey`. */
interface KeptList {
  readonly changedAt: number;
  readonly items: unknown;
}

export function indexedDbWords(clock: Clock): WordStorage {
  return { open: (owner) => openStore(owner, clock), wipe: wipeWords };
}

function openStore(owner: string, clock: Clock): WordStore {
  const lastWipe = wipes.get(owner);
  let isDeleted = false;
  let isClosed = false;
  let connection: Promise<IDBDatabase> | null = null;
  let onItsWay = 0;

  async function connected(): Promise<IDBDatabase> {
    connection ??= connect(databaseOf(owner), "make");
    try {
      const database = await connection;
      database.onversionchange = () => {
        isDeleted = true;
        // Once what is on its way is done; then the wipe follows.
        database.close();
      };
      // Some browsers end connections by themselves.
      database.onclose = forget;
      return database;
    } catch (error) {
      forget();
      throw error;
    }
  }

  function forget(): void {
    connection = null;
  }

  const isWiped = (): boolean => isDeleted || wipes.get(owner) !== lastWipe;

  function leave(): void {
    if (isClosed && onItsWay === 0) void connection?.then((database) => database.close(), forget);
  }

  return {
    async change(update) {
      if (isWiped()) throw new Error("The words were wiped.");
      onItsWay++;
      try {
        // Whoever has nothing to keep leaves no database behind.
        if (!connection && update([], true).length === 0 && !(await exists(databaseOf(owner)))) return [];
        const database = await connected();
        if (isWiped()) {
          // Made after it was deleted.
          database.close();
          indexedDB.deleteDatabase(databaseOf(owner));
          throw new Error("The words were wiped.");
        }
        return await changeIn(database, update, clock);
      } finally {
        onItsWay--;
        leave();
      }
    },
    isWiped,
    close() {
      isClosed = true;
      leave();
    },
  };
}

/** @param how `look`: rejects with an `AbortError` where there is none; none is made */
function connect(name: string, how: "make" | "look"): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      if (how === "make") request.result.createObjectStore(storeName);
      else request.transaction?.abort();
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.preventDefault();
      reject(request.error);
    };
  });
}

async function exists(name: string): Promise<boolean> {
  try {
    (await connect(name, "look")).close();
    return true;
  } catch (error) {
    if ((error as DOMException | null)?.name === "AbortError") return false;
    throw error;
  }
}

function changeIn(database: IDBDatabase, update: UpdateWords, clock: Clock): ReturnType<WordStore["change"]> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(storeName, "readwrite");
    const store = transaction.objectStore(storeName);
    const request: IDBRequest<KeptList | undefined> = store.get(listKey);
    let items: Awaited<ReturnType<WordStore["change"]>> = [];
    request.onsuccess = () => {
      const before = readWords(request.result?.items);
      items = update(before, request.result === undefined);
      if (items !== before) store.put({ changedAt: clock.now(), items } satisfies KeptList, listKey);
    };
    transaction.oncomplete = () => resolve(items);
    transaction.onabort = () => reject(transaction.error);
  });
}

async function databaseNames(): Promise<string[]> {
  try {
    const databases = await indexedDB.databases();
    return databases.flatMap(({ name }) => (name?.startsWith(databaseOf("")) ? [name] : []));
  } catch {
    // Blocked, or a browser that does not tell.
    return [];
  }
}

const ownerIn = (name: string): string => name.slice(databaseOf("").length);

/** For a device that several people use. As far as the browser can tell what there is. */
export async function wipeAllWords(): Promise<void> {
  for (const name of await databaseNames()) await wipeWords(ownerIn(name));
}

/** Words of customers who did not come back. Never rejects. */
export async function wipeForgottenWords(clock: Clock): Promise<void> {
  for (const name of await databaseNames()) {
    const changedAt = await lastChange(name).catch(() => null);
    if (changedAt !== null && clock.now() - changedAt > forgottenMs) await wipeWords(ownerIn(name));
  }
}

/** @returns null: unknown */
async function lastChange(name: string): Promise<number | null> {
  const database = await connect(name, "look");
  database.onversionchange = () => database.close();
  return new Promise((resolve) => {
    const transaction = database.transaction(storeName);
    const request: IDBRequest<KeptList | undefined> = transaction.objectStore(storeName).get(listKey);
    transaction.oncomplete = () => {
      database.close();
      resolve(request.result?.changedAt ?? null);
    };
    transaction.onabort = () => resolve(null);
  });
}
