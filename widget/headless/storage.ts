/** What an application keeps for the client: `localStorage`, React Native's AsyncStorage, or whatever is made like them. */

import { readWords } from "../messenger/outbox/kept-words.ts";
import type { WordStorage, WordStore } from "../messenger/outbox/words.ts";
import type { KeyValue } from "../messenger/surroundings.ts";

/** Each may answer at once or by a promise. What rejects counts as not kept. */
export interface HeadlessStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

export function memoryStorage(): HeadlessStorage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

/** Reads these keys once, and writes what changes behind them: the engine can't wait. */
export async function mirror(storage: HeadlessStorage, keys: readonly string[]): Promise<KeyValue> {
  const known = new Map<string, string>();
  await Promise.all(
    keys.map(async (key) => {
      const value = await ignoring(() => storage.getItem(key));
      if (typeof value === "string") known.set(key, value);
    }),
  );
  let written: Promise<unknown> = Promise.resolve();
  return {
    get: (key) => known.get(key) ?? null,
    set(key, value) {
      if (value === null) known.delete(key);
      else known.set(key, value);
      // One after the other: the last word on a key must be the one that stays.
      written = written.then(() =>
        ignoring(() => (value === null ? storage.removeItem(key) : storage.setItem(key, value))),
      );
    },
  };
}

/** Words that wait, a list for each owner. Two clients on one storage may send the same message, which is stored once. */
export function keptWords(storage: HeadlessStorage): WordStorage {
  const wipes = new Map<string, object>();
  let turn: Promise<unknown> = Promise.resolve();
  const keyOf = (owner: string): string => `vouch:outbox:${owner}`;

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work, work);
    turn = done.catch(() => {});
    return done;
  }

  function open(owner: string): WordStore {
    const lastWipe = wipes.get(owner);
    const isWiped = (): boolean => wipes.get(owner) !== lastWipe;
    return {
      isWiped,
      change: (update) =>
        inTurn(async () => {
          if (isWiped()) throw new Error("The words were wiped.");
          const text = await storage.getItem(keyOf(owner));
          const kept = readWords(parse(text));
          const changed = update(kept, text === null);
          // An empty list too: it says that all was settled, and not that the storage was cleared.
          if (changed !== kept) await storage.setItem(keyOf(owner), JSON.stringify(changed));
          return changed;
        }),
      close: () => {},
    };
  }

  return {
    open,
    wipe(owner) {
      wipes.set(owner, {});
      return inTurn(async () => {
        await ignoring(() => storage.removeItem(keyOf(owner)));
      });
    },
  };
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
}

async function ignoring<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
