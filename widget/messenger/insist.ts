/** Until what did not load is asked for again. */
const pauseMs = 3000;

/** Loads a file that may be lost on the way, however often that takes. Never rejects. */
export const insist = <Module>(load: () => Promise<Module>): Promise<Module> =>
  load().catch(async () => {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    return insist(load);
  });
