/**
 * Runs work once the present turn of the event loop has run out of its own, so that the acknowledgements and messages of
 * one commit leave in one system call for each socket instead of one for each frame.
 */
export type EndOfTurn = (work: () => void) => void;

export function createEndOfTurn(): EndOfTurn {
  let waiting: (() => void)[] = [];

  function run(): void {
    const due = waiting;
    waiting = [];
    for (const work of due) work();
  }

  return (work) => {
    // Not a microtask: it would run between the settling promises of one commit, and send the first alone.
    if (waiting.push(work) === 1) process.nextTick(run);
  };
}
