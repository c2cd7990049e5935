import type { Bus, Topics } from "./bus.ts";

type Topic = keyof Topics;
type Listener = (event: Topics[Topic]) => void;

/**
 * The bus of one process: a listener has been called when `publish` returns.
 *
 * @param report is told what a listener threw; the other listeners are called all the same
 */
export function createInProcessBus(
  report: (error: unknown) => void = (error) => process.emitWarning(String(error)),
): Bus {
  const listeners = new Map<Topic, Set<Listener>>();

  function tell(topic: Topic, event: Topics[Topic]): void {
    const present = listeners.get(topic);
    if (!present) return;
    // Over a copy: a listener may end subscriptions, its own or another's, and begin new ones.
    for (const listener of [...present]) {
      if (!present.has(listener)) continue;
      try {
        listener(event);
      } catch (error) {
        report(error);
      }
    }
  }

  return {
    publish: tell,
    deliver: tell,

    subscribe(topic, listen) {
      // One function may be subscribed twice; each subscription is its own.
      const listener: Listener = (event) => listen(event as Topics[typeof topic]);
      const present = listeners.get(topic) ?? new Set();
      listeners.set(topic, present.add(listener));
      return () => {
        present.delete(listener);
        if (present.size === 0 && listeners.get(topic) === present) listeners.delete(topic);
      };
    },

    topics: () => [...listeners.keys()],

    async settled() {},
    health: "certain",
    onDoubt: () => () => {},

    async close() {
      listeners.clear();
    },
  };
}
