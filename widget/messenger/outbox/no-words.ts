import type { WordStorage } from "./words.ts";

/** For a device that several people use, and where there is no storage: words are in memory only. */
export const noWords: WordStorage = {
  open: () => ({
    change: () => Promise.reject(new Error("Nothing is kept here.")),
    isWiped: () => false,
    close: () => {},
  }),
  wipe: async () => {},
};
