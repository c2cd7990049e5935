export interface Timers {
  /** @returns a function that cancels; calling it later does nothing */
  after(milliseconds: number, run: () => void): () => void;
}

export const browserTimers: Timers = {
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};
