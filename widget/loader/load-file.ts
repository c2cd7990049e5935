import { messengerError } from "../bridge/messenger-error.ts";

const pauseMs = 500;

/**
 * @param importModule `import()`
 * @returns loads a module, in three attempts. Rejects with a `MessengerError` `network`, retryable
 */
export function createLoadFile(importModule: (url: string) => Promise<unknown>) {
  let loads = 0;
  return async function loadFile<Module>(url: string, attempts = 3): Promise<Module> {
    try {
      // A module that failed to load fails for ever under its address; the fragment makes the next attempt another one.
      return (await importModule(`${url}#${loads++}`)) as Module;
    } catch (cause) {
      if (attempts < 2) throw messengerError("network", `A file did not load: ${cause}`, true, cause);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      return loadFile(url, attempts - 1);
    }
  };
}
