import type { Duplex } from "node:stream";

/**
 * Holds back what is written to a socket until the present turn of the event loop has run out of work, so that the
 * acknowledgements and messages of one commit leave in one system call instead of one each.
 */
export interface WriteBatch {
  /** Call before writing; writing goes on as usual and is sent after this turn. */
  hold(socket: Duplex): void;
}

export function createWriteBatch(): WriteBatch {
  let held = new Set<Duplex>();

  function release(): void {
    const sockets = held;
    held = new Set();
    for (const socket of sockets) socket.uncork();
  }

  return {
    hold(socket) {
      if (held.has(socket)) return;
      // Not a microtask: it would run between the settling promises of one commit and send the first alone.
      if (held.size === 0) process.nextTick(release);
      held.add(socket);
      socket.cork();
    },
  };
}
