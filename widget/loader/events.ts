/** `Messenger.on()`: who listens for what, and what a late listener is told. */

import type { MessengerEvents } from "./api.ts";

type Name = keyof MessengerEvents;
type Handler = (detail: never) => void;

interface Subscription {
  readonly name: Name;
  readonly handler: Handler;
}

export interface Events {
  on<N extends Name>(name: N, handler: (detail: MessengerEvents[N]) => void): () => void;
  emit<N extends Name>(name: N, detail: MessengerEvents[N]): void;
  /** In the console too: most pages do not listen, and their developers look there first. */
  fail(name: "error" | "authError", error: MessengerEvents["error"]): void;
  has(name: Name): boolean;
  clear(): void;
}

/** One of them holds at a time. */
const authStates: readonly Name[] = [
  "authenticating",
  "authenticated",
  "tokenExpired",
  "loggedOut",
  "authError",
];

export function createEvents(): Events {
  const subscriptions = new Set<Subscription>();
  /** What is so now: `ready`, and one authentication state. */
  const present = new Map<Name, unknown>();

  const tell = ({ handler }: Subscription, detail: unknown): void => {
    try {
      handler(detail as never);
    } catch (error) {
      console.error(error);
    }
  };

  const events: Events = {
    on: (name, handler) => {
      const subscription = { name, handler };
      subscriptions.add(subscription);
      if (present.has(name)) {
        // Later, so that `const off = on(…)` has its value when the handler runs; not where it has been told meanwhile.
        const detail = present.get(name);
        queueMicrotask(() => {
          if (subscriptions.has(subscription) && present.has(name) && present.get(name) === detail)
            tell(subscription, detail);
        });
      }
      return () => {
        subscriptions.delete(subscription);
      };
    },
    emit: (name, detail) => {
      if (authStates.includes(name)) {
        // A token that is refused while somebody is signed in signs nobody out.
        if (name !== "authError" || !present.has("authenticated")) {
          for (const state of authStates) present.delete(state);
          present.set(name, detail);
        }
      } else if (name === "ready") present.set(name, detail);
      for (const subscription of [...subscriptions])
        if (subscription.name === name) tell(subscription, detail);
    },
    fail: (name, { code, message }) => {
      console.error(`[Messenger] ${code}: ${message}`);
      events.emit(name, { code, message });
    },
    has: (name) => [...subscriptions].some((subscription) => subscription.name === name),
    clear: () => {
      subscriptions.clear();
      present.clear();
    },
  };
  return events;
}
