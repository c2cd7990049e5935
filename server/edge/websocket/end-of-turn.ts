/**
 * Runs work once the present turn of the event loop has run out of its own, so that the acknowledgements and messages of
 * one commit leave in one system call for each socket instead of one for each frame.
 *
 * What a turn can't do within a slice of time is done in the next ones, a slice in each and in its order, behind the work of
 * those turns themselves: a message for a thousand sockets does not hold up the acknowledgement for one.
 */
export type EndOfTurn = (work: () => void) => void;

const sliceMs = 2;

/** @param now milliseconds of a clock that is never set */
export function createEndOfTurn(now: () => number = () => performance.now()): EndOfTurn {
  let waiting: (() => void)[] = [];
  /** Left over from earlier turns. */
  let late: (() => void)[] = [];

  /** @returns what there was no time for */
  function runSlice(due: (() => void)[]): (() => void)[] {
    const until = now() + sliceMs;
    let done = 0;
    for (const work of due) {
      work();
      if (++done < due.length && now() >= until) return due.slice(done);
    }
    return [];
  }

  function runWaiting(): void {
    const due = waiting;
    waiting = [];
    const left = runSlice(due);
    if (left.length === 0) return;
    if (late.length === 0) setImmediate(runLate);
    late = late.concat(left);
  }

  function runLate(): void {
    const due = late;
    late = [];
    late = runSlice(due).concat(late);
    if (late.length > 0) setImmediate(runLate);
  }

  return (work) => {
    // Not a microtask: it would run between the settling promises of one commit, and send the first alone.
    if (waiting.push(work) === 1) process.nextTick(runWaiting);
  };
}
