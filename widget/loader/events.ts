/** `Messenger.on()`: who listens for what, and what a late listener is told. */

import type { MessengerEvents } from "./api.ts";

type Name = keyof MessengerEvents;

interface Subscription {
  readonly name: Name;
  readonly handler: (detail: never) => void;
}

interface Fact {
  readonly name: Name;
  readonly detail: unknown;
}

export interface Events {
  on<N extends Name>(name: N, handler: (detail: MessengerEvents[N]) => void): () => void;
  emit<N extends Name>(name: N, detail: MessengerEvents[N]): void;
  /** In the console too: most pages do not listen, and their developers look there first. */
  fail(name: "error" | "authError", error: MessengerEvents["error"]): void;
  has(name: Name): boolean;
  clear(): void;
}

export function createEvents(): Events {
  const subscriptions = new Set<Subscription>();
  /** What is so now: that the messenger is ready, and one authentication state. */
  let ready: Fact | undefined;
  let auth: Fact | undefined;

  function tell({ handler }: Subscription, detail: unknown): void {
    try {
      handler(detail as never);
    } catch (error) {
      console.error(error);
    }
  }

  function emit(name: Name, detail: unknown): void {
    if (name === "ready") ready = { name, detail };
    // A token that is refused while somebody is signed in signs nobody out.
    else if (isAuthState(name) && !(name === "authError" && auth?.name === "authenticated"))
      auth = { name, detail };
    for (const subscription of [...subscriptions]) if (subscription.name === name) tell(subscription, detail);
  }

  return {
    on: (name, handler) => {
      const subscription = { name, handler };
      const present = (): Fact | undefined => [ready, auth].find((fact) => fact?.name === name);
      const fact = present();
      subscriptions.add(subscription);
      // Later, so that `const off = on(…)` has its value when the handler runs; not where it has been told meanwhile.
      queueMicrotask(() => {
        if (fact && fact === present() && subscriptions.has(subscription)) tell(subscription, fact.detail);
      });
      return () => {
        subscriptions.delete(subscription);
      };
    },
    emit,
    fail: (name, { code, message }) => {
      console.error(`[Messenger] ${code}: ${message}`);
      emit(name, { code, message });
    },
    has: (name) => [...subscriptions].some((subscription) => subscription.name === name),
    clear: () => {
      subscriptions.clear();
      ready = auth = undefined;
    },
  };
}

/** One of them holds at a time. */
const isAuthState = (name: Name): boolean => /^(auth|tokenExpired|loggedOut)/.test(name);
