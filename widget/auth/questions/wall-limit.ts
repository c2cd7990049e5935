const tickMs = 1_000;

/**
 * Calls back once a time has passed on the wall clock, to within a second. A timer alone sleeps when the computer does and
 * would give a question of yesterday its rest of ten seconds today; a clock alone can be set back while somebody waits.
 *
 * @returns cancels it
 */
export function limitWallTime(limitMs: number, onOver: () => void): () => void {
  const began = Date.now();
  let ticks = 0;
  const timer = setInterval(() => {
    if (++ticks * tickMs < limitMs && Date.now() - began < limitMs) return;
    clearInterval(timer);
    onOver();
  }, tickMs);
  return () => clearInterval(timer);
}
