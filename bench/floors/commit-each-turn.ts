import type { DatabaseSync } from "node:sqlite";

/**
 * One commit for each turn of the event loop: the least that a durable floor can do.
 * @returns to be called before a row is written, with what to do once it is durable
 */
export function commitEachTurn(database: DatabaseSync): (stored: () => void) => void {
  let waiting: (() => void)[] = [];
  return (stored) => {
    if (waiting.push(stored) > 1) return;
    database.exec("begin");
    setImmediate(() => {
      database.exec("commit");
      const due = waiting;
      waiting = [];
      for (const tell of due) tell();
    });
  };
}
