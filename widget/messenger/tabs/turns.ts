/** Whose turn it is to send: one tab of one customer, until it is closed, frozen or crashes, and then the next. */

/**
 * Asks for the turn. `mine` is called once, when it has come.
 * @returns gives the turn back, or stops waiting for it
 */
export type Turns = (mine: () => void) => () => void;

/** By the browser's Web Locks, which it takes away from a tab that is gone. */
export const turnsByLock =
  (locks: Pick<LockManager, "request">, name: string): Turns =>
  (mine) => {
    const over = new AbortController();
    const { signal } = over;
    const held = (): Promise<void> =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve());
        // A signal is of no effect once the lock is granted.
        if (signal.aborted) resolve();
        else mine();
      });
    // Refused to frames that may not keep anything either: then each tab sends what it has.
    locks.request(name, { signal }, held).catch(() => signal.aborted || mine());
    return () => over.abort();
  };

/** Without Web Locks every tab may send, and the server takes each id once. */
export const everyonesTurn: Turns = (mine) => {
  mine();
  return () => {};
};
